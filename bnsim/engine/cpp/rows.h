/* Synapses in rows, and the spikes that are on their way to them (see bnsim.engine.rows). */
#include <stddef.h>
#include <string.h>
#include <stdint.h>
#include <algorithm>
#include <vector>
namespace bnsim {
/* Targets whose numbers take two bytes; how many spikes are fetched before they are needed; bytes that come from memory
   together; one in how many synapses is counted where threads are to have as many each. */
enum { NEAR = 65536, AHEAD = 6, LINE = 64, SAMPLED = 61 };
/* Synapses that a spike of one unit reaches at the same time, after `delay` steps: from `first`, in the order of the rows,
   to before that of the next row. */
struct Row { int32_t first, delay; };
/* Rows that are reached together, from `row` to before `end`. numbers: of the synapses in the order of the rows; NULL where
   that is their own. */
struct Reached { const Row *row, *end; const int32_t* numbers; };
/* A spike, the next of its unit's rows, and where these end. */
struct Sent { int32_t unit, row, end; };
/* The spikes of the last steps, as a thread follows them to its targets. sent: by the number of the step. due: the rows that
   are reached in this step, of which those before `place` have been; `begun` while there are others. */
struct Flight {
    std::vector<std::vector<Sent> > sent;
    std::vector<Reached> due;
    size_t now, place;
    bool begun;
    char apart[2 * LINE];  /* Two threads do not write to one line. */
    std::vector<Sent>& sent_before(size_t steps) { return sent[(now + sent.size() - steps) % sent.size()]; }
    void clear() {
        for (size_t k = 0; k < sent.size(); k++) sent[k].clear();
        due.clear(); now = 0; begun = false;
    }
};
/* Stands in for the array of targets (where spikes go back to the source, of sources) within a row. */
struct Consecutive { int32_t shift; int32_t operator[](size_t synapse) const { return (int32_t)synapse + shift; } };
/* Stands in for the array of units within a row. */
struct Constant { int32_t unit; int32_t operator[](size_t) const { return unit; } };
/* Stands in for the array of weights that are all alike. */
struct Alike { double weight; double operator[](size_t) const { return weight; } };
/* The rows of a pathway, by the unit whose spike it carries and then by delay, and the spikes of the last steps. What
   is reached in a step comes in the order in which it was sent, then by unit, then by synapse. Where threads share the
   targets, each row is followed by those of the same unit and delay for the other threads. */
struct Rows {
    Large<Row>::vector rows;                    /* and one that begins where they end */
    std::vector<int32_t> leads;                 /* where rows lead to one target after the other, the first of each */
    std::vector<int32_t> start, order, delays;  /* order: empty where it is that of the synapses; delays: longest first */
    int shares;                                 /* how many threads share the targets */
    std::vector<Flight> flights;                /* by thread */
    double factor;                              /* what the sum of what arrives is to be multiplied by */
    bool packed;                                /* whether targets and weights are kept here, in the order of the rows: */
    Large<uint16_t>::vector near;               /* targets, where two bytes are enough */
    Large<int32_t>::vector far;                 /* otherwise */
    Large<float>::vector singles;               /* weights, where these are numbers of single precision */
    Large<double>::vector doubles;              /* otherwise; neither where all are `weight` */
    double weight;
    bool ascending;                             /* whether the targets of each row are: threads can share them then */
    std::vector<uint16_t> counts;               /* of what has reached each target in this step, where spikes are counted */
    const int32_t *spikes, *n_spikes;
    const int32_t* numbers;

    /* What sums of weights are to be multiplied by: where all weights are one number, ones are summed instead. */
    APART void sum_ones(double* weights, size_t n) {
        factor = 1.0;
        if (!n || std::count(weights, weights + n, weights[0]) != (ptrdiff_t)n) return;
        factor = weights[0];
        std::fill(weights, weights + n, 1.0);
    }
    APART void wire(const std::vector<int32_t>& unit, const std::vector<int32_t>& target, int n_units, const double* seconds,
              size_t n_seconds, double dt, double shortest, const int32_t* spikespace) {
        spikes = spikespace; n_spikes = spikespace + n_units;
        const size_t n = unit.size();
        std::vector<int32_t> steps(std::max<size_t>(n_seconds, 1), 0);
        for (size_t k = 0; k < n_seconds; k++) steps[k] = (int32_t)(seconds[k] / dt + 0.5);
        const bool alike = steps.size() == 1;
        bool in_order = true;
        for (size_t k = 1; k < n && in_order; k++)
            in_order = unit[k - 1] < unit[k] || (unit[k - 1] == unit[k] && (alike || steps[k - 1] <= steps[k]));
        order.clear();
        if (!in_order) sort(unit, n_units, steps);
        cut(unit, target, n_units, steps, in_order && shortest * count_consecutive(unit, target, steps) <= n);
        numbers = order.empty() ? NULL : order.data();
        prepare();
    }
    /* Keep spikes as long as the longest delay. */
    APART void prepare() {
        int32_t longest = 0;
        for (int32_t k = 0; k < n_rows(); k++) longest = std::max(longest, rows[k].delay);
        std::vector<char> occurs(longest + 1, 0);
        for (int32_t k = 0; k < n_rows(); k++) occurs[rows[k].delay] = 1;
        delays.clear();
        for (int32_t step = longest; step >= 0; step--) if (occurs[step]) delays.push_back(step);
        flights.assign(shares, Flight());
        for (int k = 0; k < shares; k++) flights[k].sent.resize(longest + 1);
        clear();
    }
    /* Cut rows where the targets of one thread end and those of the next one begin. */
    APART void share_out(int n, int n_targets) {
        if (!packed || !ascending || (int64_t)n_rows() / std::max(shares, 1) * n > std::numeric_limits<int32_t>::max()) n = 1;
        if (n == shares) return;
        if (near.empty()) cut_for(n, far.data(), far.size(), n_targets); else cut_for(n, near.data(), near.size(), n_targets);
        for (size_t k = 0; k < start.size(); k++) start[k] = start[k] / shares * n;
        shares = n;
        prepare();
    }
    template <class T> void cut_for(int n, const T* targets, size_t n_synapses, int n_targets) {
        const Large<Row>::vector before(rows);
        const std::vector<int> borders = balanced(n, targets, n_synapses, n_targets);
        rows.clear();
        for (size_t row = 0; row + 1 < before.size(); row += shares)
            for (int k = 0; k < n; k++) {
                const T *const begin = targets + before[row].first, *const end = targets + before[row + shares].first;
                const Row part = {(int32_t)(std::lower_bound(begin, end, borders[k]) - targets), before[row].delay};
                rows.push_back(part);
            }
        rows.push_back(before.back());
    }
    /* Where the targets of each thread begin: whole cache lines, on which about as many synapses end. A sample is counted. */
    template <class T> static std::vector<int> balanced(int n, const T* targets, size_t n_synapses, int n_targets) {
        std::vector<size_t> synapses(n_targets / LINE + 1, 0);
        size_t all = 0, before = 0;
        for (size_t k = 0; k < n_synapses; k += SAMPLED, all++) synapses[targets[k] / LINE]++;
        std::vector<int> borders(1, 0);
        for (size_t k = 0; k < synapses.size(); before += synapses[k++])
            while (borders.size() < (size_t)n && before * n >= all * borders.size()) borders.push_back((int)k * LINE);
        borders.resize(n, n_targets);
        return borders;
    }
    template <class To, class From> void in_order_of_rows(To& to, const From* from, size_t n) const {
        to.resize(n);
        if (order.empty()) std::copy(from, from + n, to.begin());
        else for (size_t k = 0; k < n; k++) to[k] = (typename To::value_type)from[order[k]];
    }
    /* Keep targets and weights in the order of the rows and in as little room as they take, where synapses hold nothing
       else and no rule changes the weights. only_alike: not where weights differ. */
    APART void pack(const std::vector<int32_t>& target, int n_targets, const double* weights, bool only_alike) {
        const size_t n = target.size();
        share_out(1, n_targets);
        packed = false; near.clear(); far.clear(); singles.clear(); doubles.clear(); counts.clear();
        numbers = order.empty() ? NULL : order.data();
        if (!n || are_consecutive()) return;
        bool alike = true, single = true;
        for (size_t k = 0; k < n && (alike || single); k++) {
            alike = alike && weights[k] == weights[0];
            single = single && (double)(float)weights[k] == weights[k];
        }
        if (!alike && (only_alike || (!single && order.empty()))) return;
        packed = ascending = true; weight = weights[0]; numbers = NULL;
        for (size_t row = 0, k = 0; k + 1 < n; k++) {
            if ((int32_t)k + 1 == rows[row + 1].first) row++;
            else ascending = ascending && target[order.empty() ? k : order[k]] <= target[order.empty() ? k + 1 : order[k + 1]];
        }
        if (n_targets <= NEAR) in_order_of_rows(near, target.data(), n);
        else in_order_of_rows(far, target.data(), n);
        if (!alike && single) in_order_of_rows(singles, weights, n);
        else if (!alike) in_order_of_rows(doubles, weights, n);
    }
    /* Call a function with where targets and weights are. */
    template <class T, class F> void with_weights(const T* targets, const F& function) const {
        const Alike alike = {weight};
        if (!singles.empty()) function(targets, singles.data());
        else if (!doubles.empty()) function(targets, doubles.data());
        else function(targets, alike);
    }
    template <class T, class F> void with_weight(const T* targets, const F& function) const {
        const Alike alike = {weight};
        function(targets, alike);
    }
    /* Let targets count what reaches them, where each spike is worth as much as the others and no count can overflow. A
       unit sends one spike a step, so that a synapse brings one a step. */
    APART void count_spikes(int n_targets) {
        counts.clear();
        if (!packed || !singles.empty() || !doubles.empty()) return;
        std::vector<int32_t> incoming(n_targets, 0);
        for (size_t k = 0; k < near.size(); k++) incoming[near[k]]++;
        for (size_t k = 0; k < far.size(); k++) incoming[far[k]]++;
        if (*std::max_element(incoming.begin(), incoming.end()) < 65536) counts.assign(n_targets, 0);
    }
    /* Draw the synapses, packed, in the place of wiring given ones. targets: `near` or `far`. ones: whether ones are summed
       instead of weights that are alike. seconds: of the delay that all have; NULL where each has its own, or there is none. */
    template <class T> void draw(const Recipe& recipe, std::vector<T, InLargePages<T> >& targets, bool ones, int n_units,
                                 const double* seconds, double dt, const int32_t* spikespace) {
        spikes = spikespace; n_spikes = spikespace + n_units; numbers = NULL; packed = ascending = true; factor = 1.0;
        order.clear(); near.clear(); far.clear(); singles.clear(); doubles.clear(); counts.clear();
        if (recipe.alike()) {
            weight = recipe.weight(recipe.weights.p[0], recipe.blocks.empty() ? 1.0 : recipe.blocks[0].factor);
            if (ones) { factor = weight; weight = 1.0; }
        }
        draw_rows(recipe, targets, n_units, dt, seconds ? (int32_t)(seconds[0] / dt + 0.5) : 0);
        prepare();
    }
    template <class T> APART void draw_rows(const Recipe& recipe, std::vector<T, InLargePages<T> >& targets, int n_units, double dt,
                                      int32_t delay) {
        std::vector<int32_t> begin;
        draw_targets<T>(recipe, targets, begin, n_units);
        const bool alike = recipe.alike();
        if (!alike && recipe.single) singles.resize(targets.size()); else if (!alike) doubles.resize(targets.size());
        Numbers weights(recipe.whole, recipe.weight_stream), delays(recipe.whole, recipe.delay_stream);
        std::vector<double> w, d;
        std::vector<T> own;
        std::vector<int32_t> steps, place;
        rows.clear(); leads.clear(); start.assign(1, 0); shares = 1;
        for (int unit = 0; unit < n_units; unit++) {
            const int32_t first = begin[unit];
            const size_t n = begin[unit + 1] - first;
            w.resize(n + 3); d.resize(n + 3); steps.assign(n, delay);
            if (!alike) recipe.draw_weights(weights, unit, targets.data() + first, n, w.data());
            if (recipe.own_delays) {
                delays.row(unit, n, d.data());
                recipe.delays.make(d.data(), n);
                for (size_t k = 0; k < n; k++) steps[k] = (int32_t)(d[k] / dt + 0.5);
            }
            place.assign(n ? *std::max_element(steps.begin(), steps.end()) + 2 : 1, 0);
            for (size_t k = 0; k < n; k++) place[steps[k] + 1]++;
            for (size_t k = 0, last = first; k + 1 < place.size(); k++) {
                const Row row = {(int32_t)last, (int32_t)k};
                if (place[k + 1]) rows.push_back(row);
                last += place[k + 1];
            }
            start.push_back((int32_t)rows.size());
            for (size_t k = 1; k < place.size(); k++) place[k] += place[k - 1];
            own.assign(targets.begin() + first, targets.begin() + first + n);
            for (size_t k = 0; k < n; k++) {
                const int32_t to = first + place[steps[k]]++;
                targets[to] = own[k];
                if (!singles.empty()) singles[to] = (float)w[k]; else if (!doubles.empty()) doubles[to] = w[k];
            }
        }
        end_rows(targets.size());
    }
    void count(const Reached& reached) {
        const int32_t first = reached.row->first, last = reached.end->first;
        uint16_t* const count = counts.data();
        if (near.empty()) for (int32_t k = first; k < last; k++) count[far[k]]++;
        else for (int32_t k = first; k < last; k++) count[near[k]]++;
    }
    /* What was counted, as sums of ones. */
    void sum_counts(double* sums) {
        for (size_t k = 0; k < counts.size(); k++) sums[k] = counts[k];
        forget_counts();
    }
    void forget_counts() { if (reaches_any()) std::fill(counts.begin(), counts.end(), 0); }
    /* Whether spikes reach anything in this step. */
    bool reaches_any() const {
        for (int k = 0; k < shares; k++) if (!flights[k].due.empty()) return true;
        return false;
    }
    /* By unit, then by delay, then by number. */
    APART void sort(const std::vector<int32_t>& unit, int n_units, const std::vector<int32_t>& steps) {
        std::vector<int32_t> place(n_units + 1, 0);
        for (size_t k = 0; k < unit.size(); k++) place[unit[k] + 1]++;
        for (int k = 0; k < n_units; k++) place[k + 1] += place[k];
        order.resize(unit.size());
        std::vector<int32_t> next(place);
        for (size_t k = 0; k < unit.size(); k++) order[next[unit[k]]++] = (int32_t)k;
        if (steps.size() == 1) return;
        for (int k = 0; k < n_units; k++)
            std::stable_sort(order.begin() + place[k], order.begin() + place[k + 1],
                             [&](int32_t a, int32_t b) { return steps[a] < steps[b]; });
    }
    static bool joined(const std::vector<int32_t>& unit, const std::vector<int32_t>& steps, size_t a, size_t b) {
        return unit[a] == unit[b] && (steps.size() == 1 || steps[a] == steps[b]);
    }
    APART size_t count_consecutive(const std::vector<int32_t>& unit, const std::vector<int32_t>& target,
                             const std::vector<int32_t>& steps) const {
        size_t count = unit.empty() ? 0 : 1;
        for (size_t k = 1; k < unit.size(); k++)
            count += !joined(unit, steps, k - 1, k) || target[k] != target[k - 1] + 1;
        return count;
    }
    APART void cut(const std::vector<int32_t>& unit, const std::vector<int32_t>& target, int n_units,
             const std::vector<int32_t>& steps, bool consecutive) {
        rows.clear(); leads.clear(); start.assign(n_units + 1, 0); shares = 1;
        size_t before = 0;
        for (size_t k = 0; k < unit.size(); k++) {
            const size_t synapse = order.empty() ? k : order[k];
            const bool goes_on = k && joined(unit, steps, before, synapse);
            if (!goes_on || (consecutive && target[synapse] != target[before] + 1)) {
                const Row row = {(int32_t)k, steps[steps.size() == 1 ? 0 : synapse]};
                rows.push_back(row); start[unit[synapse] + 1]++;
                if (consecutive) leads.push_back(target[synapse]);
            }
            before = synapse;
        }
        end_rows(unit.size());
        for (int k = 0; k < n_units; k++) start[k + 1] += start[k];
    }
    /* Whether rows take all synapses as they are numbered, and their targets follow one another. */
    bool are_consecutive() const { return !leads.empty(); }
    int32_t n_rows() const { return (int32_t)rows.size() - 1; }
    void end_rows(size_t n) {
        const Row end = {(int32_t)n, 0};
        rows.push_back(end);
    }
    /* Begin without spikes that are on their way. */
    APART void clear() { for (int k = 0; k < shares; k++) flights[k].clear(); }
    /* The rows that are reached in a step, spike after spike, by this thread; the first call of a step sends its spikes. What
       will be read soon is fetched before it is needed, for rows lie anywhere in memory. */
    bool next(Reached& reached) {
        const int share = shares > 1 ? number_of_thread : 0;
        Flight& flight = flights[share];
        if (!flight.begun) { find_due(flight, share); flight.begun = true; flight.place = 0; }
        if (flight.place == flight.due.size()) return flight.begun = false;
        if (flight.place + AHEAD < flight.due.size()) fetch(flight.due[flight.place + AHEAD]);
        reached = flight.due[flight.place++];
        return true;
    }
    APART void find_due(Flight& flight, int share) const {
        flight.due.clear();
        flight.now++;
        std::vector<Sent>& list = flight.sent_before(0);
        list.clear();
        for (int k = 0; k < *n_spikes; k++) {
            const Sent one = {spikes[k], start[spikes[k]] + share, start[spikes[k] + 1] + share};
            list.push_back(one);
        }
        for (size_t j = 0; j < delays.size(); j++) find_due(flight, flight.sent_before(delays[j]), delays[j]);
    }
    void find_due(Flight& flight, std::vector<Sent>& list, int32_t delay) const {
        for (size_t k = 0; k < list.size(); k++) {
            Sent& one = list[k];
            const int32_t first = one.row;
            if (k + AHEAD < list.size()) __builtin_prefetch(rows.data() + list[k + AHEAD].row);
            while (one.row < one.end && rows[one.row].delay == delay) one.row += shares;
            if (first == one.row) continue;
            /* Threads share rows of which each ends before the next one's delay. */
            const Row* const row = rows.data() + first;
            const Reached reached = {row, shares > 1 ? row + 1 : rows.data() + one.row, numbers};
            if (row->first < reached.end->first) flight.due.push_back(reached);
        }
    }
    /* Written into their callers: GCC leaves out the call of a function that only fetches. */
    __attribute__((always_inline)) void fetch(const Reached& reached) const {
        if (packed) fetch((size_t)reached.row->first, (size_t)(reached.end->first - reached.row->first));
    }
    __attribute__((always_inline)) void fetch(size_t first, size_t n) const {
        if (near.empty()) fetch(far.data() + first, n); else fetch(near.data() + first, n);
        if (!singles.empty()) fetch(singles.data() + first, n); else if (!doubles.empty()) fetch(doubles.data() + first, n);
    }
    template <class T> __attribute__((always_inline)) static void fetch(const T* values, size_t n) {
        const uintptr_t first = (uintptr_t)values / LINE * LINE, end = (uintptr_t)(values + n);
        for (uintptr_t at = first; at < end; at += LINE) __builtin_prefetch((const char*)at);
    }
    /* Spikes that were on their way when the run began: the unit that sent each, and for how many steps it had been. */
    APART void put(const std::vector<int32_t>& unit, const std::vector<int32_t>& age) {
        for (int share = 0; share < shares; share++)
            for (size_t k = 0; k < unit.size(); k++) {
                Sent one = {unit[k], start[unit[k]] + share, start[unit[k] + 1] + share};
                while (one.row < one.end && rows[one.row].delay <= age[k]) one.row += shares;
                flights[share].sent_before(age[k]).push_back(one);
            }
    }
    /* Those that are on their way now, in the order in which they were sent. */
    APART void take(std::vector<int32_t>& unit, std::vector<int32_t>& age) {
        Flight& flight = flights[0];
        for (size_t k = flight.sent.size() - 1; k-- > 0;) {
            const std::vector<Sent>& list = flight.sent_before(k);
            for (size_t i = 0; i < list.size(); i++)
                if (list[i].row < list[i].end) { unit.push_back(list[i].unit); age.push_back((int32_t)k); }
        }
    }
};
}
