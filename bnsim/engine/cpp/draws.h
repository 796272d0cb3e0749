/* Random numbers of a population: one call of the generator serves four units (see bnsim.program.Draw). */
namespace bnsim {
/* Words of the generator, of all units or of some: word `of[j][k]` belongs to unit 4 * blocks[k] + j, k below `n`. There
   is room for whole vectors. */
struct Words {
    enum { VECTOR = 8 };
    int n;
    std::vector<int32_t> blocks;
    std::vector<uint32_t> of[4];
    /* For all units. */
    void choose(int n_units) {
        blocks.clear();
        for (int k = 0; k < (n_units + 3) / 4; k++) blocks.push_back(k);
        resize();
    }
    /* For those that are driven, since no other's number is used. */
    void choose(int n_units, const double* drive) {
        blocks.clear();
        for (int k = 0; k < n_units; k++)
            if (drive[k] != 0 && (blocks.empty() || blocks.back() != k / 4)) blocks.push_back(k / 4);
        resize();
    }
    void resize() {
        n = (int)blocks.size();
        blocks.resize((n + VECTOR - 1) / VECTOR * VECTOR, 0);
        for (int j = 0; j < 4; j++) of[j].resize(blocks.size());
    }
    /* A loop of its own, which the compiler turns into vector instructions. */
    void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step) {
        draw(key_high, key_low, stream, step, 0, (int)blocks.size());
    }
    APART void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step, int first, int last) {
        const int32_t* const block = blocks.data();
        uint32_t *const w0 = of[0].data(), *const w1 = of[1].data(), *const w2 = of[2].data(), *const w3 = of[3].data();
        for (int k = first; k < last; k++) {
            uint64_t x0 = (uint32_t)block[k], x1 = (uint32_t)step, x2 = stream, x3 = (uint32_t)(step >> 32);
            bnsim_philox(key_high, key_low, x0, x1, x2, x3);
            w0[k] = (uint32_t)x0; w1[k] = (uint32_t)x1; w2[k] = (uint32_t)x2; w3[k] = (uint32_t)x3;
        }
    }
    /* Call visit(unit, j, k) for every unit that has a word. */
    template <class Visit> void for_each(int n_units, const Visit& visit) const {
        for (int k = 0; k < n; k++)
            for (int j = 0; j < 4 && 4 * blocks[k] + j < n_units; j++) visit(4 * blocks[k] + j, j, k);
    }
};
/* Uniform numbers. */
struct Uniform {
    Words words;
    void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step, double* uniform, int n_units) {
        words.draw(key_high, key_low, stream, step);
        words.for_each(n_units, [&](int unit, int j, int k) { uniform[unit] = bnsim_in_open_interval(words.of[j][k]); });
    }
};
/* Whether a uniform number lies below a unit's probability: whether its word lies below a limit. */
struct Chance {
    Words words;
    std::vector<uint32_t> limits[4], sure[4];
    std::vector<char> found;
    void expect(const double* probability, char* happens, int n_units) {
        words.choose(n_units, probability);
        for (int j = 0; j < 4; j++) { limits[j].assign(words.blocks.size(), 0); sure[j] = limits[j]; }
        found.resize(4 * words.blocks.size());
        words.for_each(n_units, [&](int unit, int j, int k) {
            const uint64_t n_words = bnsim_words_below(probability[unit]);
            limits[j][k] = (uint32_t)n_words; sure[j][k] = n_words >> 32;
        });
        std::fill(happens, happens + n_units, 0);
    }
    void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step, char* happens, int n_units) {
        words.draw(key_high, key_low, stream, step);
        const int n = (int)words.blocks.size();
        for (int j = 0; j < 4; j++) {
            const uint32_t *const word = words.of[j].data(), *const limit = limits[j].data(), *const all = sure[j].data();
            char* __restrict const flags = found.data() + j * n;
            for (int k = 0; k < n; k++) flags[k] = (word[k] < limit[k]) | all[k];
        }
        const char *const f0 = found.data(), *const f1 = f0 + n, *const f2 = f1 + n, *const f3 = f2 + n;
        for (int k = 0; k < words.n; k++) {
            const char flags[4] = {f0[k], f1[k], f2[k], f3[k]};
            const int first = 4 * words.blocks[k];
            if (first + 4 <= n_units) std::memcpy(happens + first, flags, 4);
            else std::copy_n(flags, n_units - first, happens + first);
        }
    }
};
/* A Poisson distribution: a number is the least one and as many more as there are thresholds below its word. */
struct Distribution {
    enum { GUIDE_BITS = 12, N_GUIDES = 1 << GUIDE_BITS };
    std::vector<uint32_t> thresholds;
    int32_t least;
    std::vector<uint16_t> guide;  /* by the first bits of a word: where the search may begin */
    explicit Distribution(double mean) : least(bnsim_poisson_thresholds(mean, thresholds)) {}
    size_t size() const { return thresholds.size(); }
    void prepare_search() {
        thresholds.push_back(0xFFFFFFFFu);  /* which no word exceeds */
        guide.resize(N_GUIDES);
        for (uint32_t k = 0, place = 0; place < N_GUIDES; place++) {
            while (thresholds[k] < place << (32 - GUIDE_BITS)) k++;
            guide[place] = (uint16_t)k;
        }
    }
    int32_t search(uint32_t word) const {
        int32_t k = guide[word >> (32 - GUIDE_BITS)];
        while (word > thresholds[k]) k++;
        return least + k;
    }
};
/* Poisson numbers. Means that all units share, or that do not change from step to step, are turned into thresholds, with
   which words are compared; other numbers are made from uniform ones, as on every back end. */
struct Poisson {
    /* MOST_LEVELS: thresholds with which every word is compared, AT_ONCE in a loop over PIECE words; where a mean has more
       (as all have whose least number is not 0), the number of each word is searched for. MOST_SEARCHED: different means
       of which thresholds are kept for that. ENOUGH: units that make the thresholds of a single step worth their cost. */
    enum { MOST_LEVELS = 32, AT_ONCE = 4, PIECE = 256, MOST_SEARCHED = 1024, ENOUGH = 64 };
    enum Way { BY_FUNCTION, ALL_ZERO, BY_LEVELS, BY_SEARCH };
    Words words;
    std::vector<double> means;
    Way way;
    int64_t n_drawn;                          /* steps since the means changed */
    std::vector<Distribution> distributions;  /* of the means that occur */
    std::vector<int32_t> which;               /* by unit */
    std::vector<int32_t> common;              /* distribution that all words of a piece share, -1 where they do not */
    std::vector<uint32_t> levels[4];          /* thresholds by word, one level after the other, for such pieces */

    void expect(const double* mean, double* number, int n_units) {
        if (means.size() == (size_t)n_units && !std::memcmp(means.data(), mean, n_units * sizeof(double))) return;
        words.choose(n_units);
        means.assign(mean, mean + n_units);
        way = BY_FUNCTION; n_drawn = 0;
        int n_same = 0;
        for (int k = 0; k < n_units; k++) n_same += mean[k] == mean[0];
        if (n_same == n_units && n_units >= ENOUGH) keep(std::vector<double>(1, mean[0]));
        if (way == ALL_ZERO) std::fill(number, number + n_units, 0.0);
    }
    /* Turn means that have stayed for a step into thresholds. */
    void keep() {
        std::vector<double> different(means);
        for (size_t k = 0; k < means.size(); k++) if (std::isnan(means[k])) return;
        std::sort(different.begin(), different.end());
        different.erase(std::unique(different.begin(), different.end()), different.end());
        keep(different);
    }
    void keep(const std::vector<double>& different) {
        if (!(different.back() <= BNSIM_LARGEST_MEAN)) return;
        size_t most = 0;
        distributions.clear(); which.clear();
        for (size_t k = 0; k < different.size(); k++) {
            distributions.push_back(Distribution(different[k]));
            most = std::max(most, distributions[k].size());
        }
        const bool few = most <= MOST_LEVELS;
        if (!few && different.size() > MOST_SEARCHED) return;
        for (size_t k = 0; k < means.size(); k++)
            which.push_back(std::lower_bound(different.begin(), different.end(), means[k]) - different.begin());
        way = most == 0 ? ALL_ZERO : few ? BY_LEVELS : BY_SEARCH;
        if (way == BY_LEVELS) prepare_levels((most + AT_ONCE - 1) / AT_ONCE * AT_ONCE);
        if (way == BY_SEARCH) for (size_t k = 0; k < distributions.size(); k++) distributions[k].prepare_search();
    }
    void prepare_levels(size_t n_levels) {
        bool shared = true;
        common.clear();
        for (size_t unit = 0; unit < which.size(); unit++) {
            if (unit % (4 * PIECE) == 0) common.push_back(which[unit]);
            if (which[unit] != common.back()) { common.back() = -1; shared = false; }
        }
        for (size_t k = 0; k < distributions.size(); k++) distributions[k].thresholds.resize(n_levels, 0xFFFFFFFFu);
        if (shared) return;
        for (int j = 0; j < 4; j++) levels[j].assign(n_levels * words.n, 0xFFFFFFFFu);
        words.for_each((int)means.size(), [&](int unit, int j, int k) {
            const std::vector<uint32_t>& own = distributions[which[unit]].thresholds;
            for (size_t level = 0; level < own.size(); level++) levels[j][level * words.n + k] = own[level];
        });
    }
    void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step, double* number, int n_units) {
        if (n_drawn++ == 1 && way == BY_FUNCTION) {
            keep();
            if (way == ALL_ZERO) std::fill(number, number + n_units, 0.0);
        }
        if (way == ALL_ZERO) return;
        if (way == BY_LEVELS && n_units >= LEAST_SHARED) {
            const int n_pieces = (words.n + PIECE - 1) / PIECE;
            team.each([&](int thread) {
                const int first = PIECE * (int)((int64_t)n_pieces * thread / team.size);
                const int last = PIECE * (int)((int64_t)n_pieces * (thread + 1) / team.size);
                words.draw(key_high, key_low, stream, step, first, std::min(last, (int)words.blocks.size()));
                compare(number, n_units, first, std::min(last, words.n));
            });
            return;
        }
        words.draw(key_high, key_low, stream, step);
        switch (way) {
            case ALL_ZERO: break;
            case BY_LEVELS: compare(number, n_units, 0, words.n); break;
            case BY_SEARCH:
                words.for_each(n_units, [&](int unit, int j, int k) {
                    number[unit] = distributions[which[unit]].search(words.of[j][k]);
                });
                break;
            case BY_FUNCTION:
                words.for_each(n_units, [&](int unit, int j, int k) {
                    number[unit] = bnsim_poisson_quantile(means[unit], bnsim_in_open_interval(words.of[j][k]));
                });
        }
    }
    /* Loops without branches, which the compiler turns into vector instructions. */
    APART void compare(double* number, int n_units, int begin, int end) const {
        int32_t found[4][PIECE];
        for (int first = begin; first < end; first += PIECE) {
            const int n = std::min<int>(PIECE, words.n - first), n_whole = std::min(n, n_units / 4 - first);
            const int32_t distribution = common[first / PIECE];
            const size_t n_levels = distributions[0].size();
            for (int j = 0; j < 4; j++) {
                const uint32_t* const word = words.of[j].data() + first;
                if (distribution < 0) count(word, n, Own{levels[j].data() + first, (size_t)words.n}, n_levels, found[j]);
                else count(word, n, Shared{distributions[distribution].thresholds.data()}, n_levels, found[j]);
            }
            for (int k = 0; k < n_whole; k++)
                for (int j = 0; j < 4; j++) number[4 * (first + k) + j] = found[j][k];
            if (n_whole < n)
                for (int j = 0; j < n_units % 4; j++) number[4 * (first + n_whole) + j] = found[j][n_whole];
        }
    }
    /* The levels of words: the same for all, or each word's own. */
    struct Shared {
        const uint32_t* levels;
        uint32_t operator()(size_t level, int) const { return levels[level]; }
    };
    struct Own {
        const uint32_t* levels; size_t n_words;
        uint32_t operator()(size_t level, int k) const { return levels[level * n_words + k]; }
    };
    /* How many of its levels each word lies above. They do not fall, so that what no word reaches ends the count. */
    template <class Levels>
    static void count(const uint32_t* word, int n, const Levels& levels, size_t n_levels, int32_t* __restrict found) {
        std::fill(found, found + n, 0);
        uint32_t any = 1;
        for (size_t level = 0; level < n_levels && any; level += AT_ONCE) {
            any = 0;
            for (int k = 0; k < n; k++) {
                uint32_t above = 0, n_above = 0;
                for (int next = 0; next < AT_ONCE; next++) n_above += above = word[k] > levels(level + next, k);
                found[k] += n_above;
                any |= above;
            }
        }
    }
};
}
