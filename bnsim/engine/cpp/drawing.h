/* The synapses of a projection, drawn from a recipe (see bnsim.recipe): the same ones as in Python, to the last bit. */
#include <stddef.h>
#include <stdint.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>
#ifdef __linux__
#include <sys/mman.h>
#endif
namespace bnsim {
static void fail(const char* what) { std::fprintf(stderr, "%s\n", what); std::exit(3); }
/* Memory in large pages, each of which is looked up once for what would be 512 small ones; values are not set to 0. */
template <class T> struct InLargePages {
    typedef T value_type;
    InLargePages() {}
    template <class U> InLargePages(const InLargePages<U>&) {}
    T* allocate(size_t n) {
        const size_t page = (size_t)1 << 21, bytes = n * sizeof(T), whole = (bytes + page - 1) / page * page;
        void* found = NULL;
        if (bytes < page) found = malloc(bytes);
        else if (posix_memalign(&found, page, whole)) found = NULL;
        if (!found) fail("there is not enough memory for the synapses");
#ifdef MADV_HUGEPAGE
        if (bytes >= page) madvise(found, whole, MADV_HUGEPAGE);
#endif
        return (T*)found;
    }
    void deallocate(T* data, size_t) { free(data); }
    template <class U> void construct(U* at) { ::new ((void*)at) U; }
    template <class U, class A> void construct(U* at, const A& value) { ::new ((void*)at) U(value); }
    template <class U> bool operator==(const InLargePages<U>&) const { return true; }
    template <class U> bool operator!=(const InLargePages<U>&) const { return false; }
};
template <class T> struct Large { typedef std::vector<T, InLargePages<T> > vector; };
/* Random numbers of a network's construction, by stream, row and place: some calls of the generator at a time. */
struct Numbers {
    enum { CALLS = 2048 };
    uint32_t key_high, key_low, stream;
    std::vector<uint32_t> words[4];
    Numbers(const int64_t* whole, uint32_t stream) : stream(stream) {
        uint64_t x[4] = {0, 0, 0xFFFFFFFEu, 0xFFFFFFFFu};
        bnsim_philox(whole[0], whole[1], x[0], x[1], x[2], x[3]);
        key_high = (uint32_t)x[0]; key_low = (uint32_t)x[1];
        for (int k = 0; k < 4; k++) words[k].resize(CALLS);
    }
    /* Calls `first` to `first + n - 1` of a row; the compiler turns the loop into vector instructions. */
    APART void call(uint32_t row, uint32_t first, int n) {
        uint32_t *const __restrict w0 = words[0].data(), *const __restrict w1 = words[1].data(),
                 *const __restrict w2 = words[2].data(), *const __restrict w3 = words[3].data();
        for (int k = 0; k < n; k++) {
            uint64_t x0 = first + (uint32_t)k, x1 = row, x2 = stream, x3 = 0;
            bnsim_philox(key_high, key_low, x0, x1, x2, x3);
            w0[k] = (uint32_t)x0; w1[k] = (uint32_t)x1; w2[k] = (uint32_t)x2; w3[k] = (uint32_t)x3;
        }
    }
    /* Numbers of all these calls, in the order of their places; room for four a call. */
    APART void in_order(int n, double* uniform) const {
        const uint32_t *const __restrict w0 = words[0].data(), *const __restrict w1 = words[1].data(),
                       *const __restrict w2 = words[2].data(), *const __restrict w3 = words[3].data();
        for (int k = 0; k < n; k++) {
            uniform[4 * k] = bnsim_in_open_interval(w0[k]); uniform[4 * k + 1] = bnsim_in_open_interval(w1[k]);
            uniform[4 * k + 2] = bnsim_in_open_interval(w2[k]); uniform[4 * k + 3] = bnsim_in_open_interval(w3[k]);
        }
    }
    /* Places 0 to n - 1 of a row, and as many more as a call gives. */
    void row(uint32_t row, size_t n, double* uniform) {
        for (size_t done = 0; done < n; done += 4 * CALLS) {
            const int calls = (int)((std::min<size_t>(n - done, 4 * CALLS) + 3) / 4);
            call(row, (uint32_t)(done / 4), calls);
            in_order(calls, uniform + done);
        }
    }
};
/* Values of synapses: all one, uniform or normal. */
struct Values {
    int64_t kind; const double* p;
    enum { ONE, UNIFORM, NORMAL };
    /* From uniform numbers, in place. */
    APART void make(double* x, size_t n) const {
        if (kind == ONE) std::fill(x, x + n, p[0]);
        else if (kind == UNIFORM) for (size_t k = 0; k < n; k++) x[k] = p[0] + p[1] * x[k];
        else if (p[2] == 0) {
            normal(x, n);
            for (size_t k = 0; k < n; k++) x[k] = clipped(p[0] + p[1] * x[k]);
        } else {
            static thread_local std::vector<double> lower;
            lower.resize(n);
            for (size_t k = 0; k < n; k++) {
                const double below = p[3] + x[k] * p[4], above = p[5] + (1.0 - x[k]) * p[4];
                lower[k] = below;
                x[k] = above < below ? above : below;
            }
            normal(x, n);
            for (size_t k = 0; k < n; k++) x[k] = clipped(p[0] + p[1] * ((lower[k] < 0.5 ? 1.0 : -1.0) * x[k]));
        }
    }
    double clipped(double x) const { x = x < p[6] ? p[6] : x; return x > p[7] ? p[7] : x; }
    /* Quantiles, in place: as if all numbers lay in the centre, then of those in the tails. Each loop with arithmetic is
       turned into vector instructions. */
    static void normal(double* __restrict x, size_t n) {
        static thread_local std::vector<double> of_tails;
        static thread_local std::vector<int32_t> which;
        of_tails.resize(n); which.resize(n);
        double* const __restrict tails = of_tails.data();
        int32_t* const __restrict places = which.data();
        size_t m = 0;
        for (size_t k = 0; k < n; k++) {
            tails[m] = x[k]; places[m] = (int32_t)k;
            m += !(std::fabs(x[k] - 0.5) <= 0.425);
        }
        for (size_t k = 0; k < n; k++) x[k] = bnsim_normal_centre(x[k] - 0.5);
        for (size_t k = 0; k < m; k++) tails[k] = bnsim_normal_tail(tails[k]);
        for (size_t k = 0; k < m; k++) x[places[k]] = tails[k];
    }
};
/* Takes pairs as they are drawn, some at a time. */
struct Taker { virtual void take(const int32_t* source, const int32_t* target, int n) = 0; };
/* Pairs of some sources and some targets, which count from the first of the block. */
struct Block {
    int64_t rule, first_source, n_source, first_target, n_target, number; bool own; uint32_t stream;
    double probability, logarithm, factor;
    enum { PROBABILITY, IN_DEGREE, OUT_DEGREE, TOTAL_NUMBER, AT_ONCE = 4 * Numbers::CALLS };
    APART void draw(const int64_t* whole, Taker& taker) const {
        Numbers numbers(whole, stream);
        if (rule == PROBABILITY) {
            for (int64_t source = 0; source < n_source && probability > 0; source++) by_probability(numbers, source, taker);
        } else if (rule == TOTAL_NUMBER) by_total_number(numbers, taker);
        else by_degree(numbers, taker);
    }
    void by_probability(Numbers& numbers, int64_t source, Taker& taker) const {
        int32_t sources[AT_ONCE], targets[AT_ONCE];
        double last = -1.0;
        const double mean = n_target * probability;
        const int calls = std::min<int>(Numbers::CALLS, 1 + (int)((mean + 4 * std::sqrt(mean) + 4) / 4));
        for (uint32_t first = 0; last < n_target; first += calls) {
            numbers.call((uint32_t)source, first, calls);
            int n = 0;
            for (int k = 0; k < 4 * calls; k++) {
                const double u = bnsim_in_open_interval(numbers.words[k & 3][k / 4]);
                last += std::floor(bnsim_log(u) / logarithm) + 1;
                if (!(last < n_target)) break;
                sources[n] = (int32_t)source; targets[n] = (int32_t)last;
                n += own || targets[n] != source;
            }
            taker.take(sources, targets, n);
        }
    }
    void by_degree(Numbers& numbers, Taker& taker) const {
        int32_t rows[AT_ONCE], units[AT_ONCE];
        double uniform[AT_ONCE];
        const int64_t n_rows = rule == IN_DEGREE ? n_target : n_source, n = rule == IN_DEGREE ? n_source : n_target;
        const double others = (double)(own ? n : n - 1);
        for (int32_t row = 0; row < n_rows; row++)
            for (int64_t done = 0; done < number; done += AT_ONCE) {
                const int part = (int)std::min<int64_t>(number - done, AT_ONCE);
                numbers.call((uint32_t)row, (uint32_t)(done / 4), (part + 3) / 4);
                numbers.in_order((part + 3) / 4, uniform);
                for (int k = 0; k < part; k++) { rows[k] = row; units[k] = (int32_t)(uniform[k] * others); }
                for (int k = 0; k < part && !own; k++) units[k] += units[k] >= row;
                if (rule == IN_DEGREE) taker.take(units, rows, part); else taker.take(rows, units, part);
            }
    }
    void by_total_number(Numbers& numbers, Taker& taker) const {
        int32_t sources[AT_ONCE / 2], targets[AT_ONCE / 2];
        double uniform[AT_ONCE];
        const double n_sources = (double)n_source, others = (double)(own ? n_target : n_target - 1);
        for (int64_t done = 0; done < number; done += AT_ONCE / 2) {
            const int part = (int)std::min<int64_t>(number - done, AT_ONCE / 2);
            numbers.call(0, (uint32_t)(done / 2), (part + 1) / 2);
            numbers.in_order((part + 1) / 2, uniform);
            for (int k = 0; k < part; k++) {
                sources[k] = (int32_t)(uniform[2 * k] * n_sources);
                targets[k] = (int32_t)(uniform[2 * k + 1] * others);
            }
            for (int k = 0; k < part && !own; k++) targets[k] += targets[k] >= sources[k];
            taker.take(sources, targets, part);
        }
    }
    /* Whether the pairs of a source do not come in order of their targets. */
    bool in_disorder() const { return rule == OUT_DEGREE || rule == TOTAL_NUMBER; }
};
struct Recipe {
    const int64_t* whole; Values weights, delays; bool single, own_delays; uint32_t weight_stream, delay_stream;
    std::vector<Block> blocks;   /* by target, then by source: so the targets of a source come in order */
    Recipe(const std::vector<int64_t>& numbers, const std::vector<double>& real) : whole(numbers.data()) {
        weights.kind = whole[5]; weights.p = real.data();
        delays.kind = whole[7]; delays.p = real.data() + 8;
        single = whole[4] != 0; own_delays = whole[7] >= 0;
        weight_stream = (uint32_t)whole[6]; delay_stream = (uint32_t)whole[8];
        for (int64_t k = 0; k < whole[9]; k++) {
            const int64_t* const w = whole + 10 + 8 * k;
            const double* const r = real.data() + 16 + 3 * k;
            const Block block = {w[0], w[1], w[2], w[3], w[4], w[5], w[6] != 0, (uint32_t)w[7], r[0], r[1], r[2]};
            blocks.push_back(block);
        }
        std::stable_sort(blocks.begin(), blocks.end(),
                         [](const Block& a, const Block& b) { return a.first_target < b.first_target; });
    }
    /* Whether all synapses have one weight. */
    bool alike() const {
        for (size_t k = 1; k < blocks.size(); k++) if (blocks[k].factor != blocks[0].factor) return false;
        return weights.kind == Values::ONE;
    }
    /* Weights of the synapses of a source, by its targets. */
    template <class T> APART void draw_weights(Numbers& numbers, int unit, const T* targets, size_t n, double* values) const {
        if (weights.kind != Values::ONE) numbers.row(unit, n, values);
        weights.make(values, n);
        size_t k = 0;
        for (size_t b = 0; b < blocks.size(); b++) {
            const Block& block = blocks[b];
            if (unit < block.first_source || unit >= block.first_source + block.n_source) continue;
            for (; k < n && (int64_t)targets[k] < block.first_target + block.n_target; k++)
                values[k] = weight(values[k], block.factor);
        }
    }
    double weight(double value, double factor) const { value *= factor; return single ? (double)(float)value : value; }
};
/* Sorting of the targets of a source: by the lower byte, then by the upper one. */
template <class T> APART void sort_targets(T* targets, size_t n, std::vector<T>& other) {
    if (n < 64 || sizeof(T) > 2) { std::sort(targets, targets + n); return; }
    other.resize(n);
    for (int shift = 0; shift < 16; shift += 8) {
        uint32_t place[257] = {0};
        const T* const from = shift ? other.data() : targets;
        T* const to = shift ? targets : other.data();
        for (size_t k = 0; k < n; k++) place[((from[k] >> shift) & 255) + 1]++;
        for (int k = 0; k < 256; k++) place[k + 1] += place[k];
        for (size_t k = 0; k < n; k++) to[place[(from[k] >> shift) & 255]++] = from[k];
    }
}
struct Counter : Taker {
    int32_t* count; int64_t total;
    void take(const int32_t* source, const int32_t*, int n) {
        for (int k = 0; k < n; k++) count[source[k]]++;
        total += n;
    }
};
template <class T> struct Filler : Taker {
    T* to; int32_t* at; int32_t first;
    void take(const int32_t* source, const int32_t* target, int n) {
        for (int k = 0; k < n; k++) to[at[source[k]]++] = (T)(first + target[k]);
    }
};
/* The targets of all sources, one source after the other: how many each has, then which. */
template <class T> APART void draw_targets(const Recipe& recipe, typename Large<T>::vector& targets, std::vector<int32_t>& begin, size_t n_units) {
    begin.assign(n_units + 1, 0);
    Counter counter;
    counter.total = 0;
    for (size_t b = 0; b < recipe.blocks.size(); b++) {
        counter.count = begin.data() + 1 + recipe.blocks[b].first_source;
        recipe.blocks[b].draw(recipe.whole, counter);
    }
    if (counter.total > std::numeric_limits<int32_t>::max())
        fail("a projection has more than 2147483647 synapses; divide it");
    for (size_t k = 0; k < n_units; k++) begin[k + 1] += begin[k];
    targets.resize(counter.total);
    std::vector<int32_t> next(begin.begin(), begin.end() - 1), from;
    std::vector<T> other;
    Filler<T> filler;
    filler.to = targets.data();
    for (size_t b = 0; b < recipe.blocks.size(); b++) {
        const Block& block = recipe.blocks[b];
        filler.at = next.data() + block.first_source;
        filler.first = (int32_t)block.first_target;
        from.assign(filler.at, filler.at + block.n_source);
        block.draw(recipe.whole, filler);
        for (int64_t k = 0; k < block.n_source && block.in_disorder(); k++)
            sort_targets(filler.to + from[k], filler.at[k] - from[k], other);
    }
}
}
