/* Potjans and Diesmann's microcircuit in plain C++: what it costs where nothing but the loops is left (see __main__.py).

   Usage: microcircuit FILE THREADS WARM_UP STEPS [SPIKES]. FILE holds what `microcircuit.py` writes of the circuit: sizes,
   numbers of synapses, weights, and tables for all that takes a logarithm or an exponential. Connections are drawn here.
   The first WARM_UP steps are not measured. Prints names and values, one a line. SPIKES is a file for the spikes after
   them: pairs of 32-bit numbers, the step since the start and the cell.

   A row holds the synapses of a source, by block of targets and by delay: 16-bit targets within the block, and beside
   them 32-bit weights. The spikes of the last steps wait. Each part of a row is added to its targets' input in the step
   in which it arrives, in the order of delay, source and place in the row. A thread has blocks of its own, so that
   threads change no bit. */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>
#include <omp.h>
#include <sys/mman.h>
#include <time.h>
#include "philox.h"

const int TYPES = 8, BLOCKS = 2, LEVELS = 65536;
/* Cell types; blocks of targets; values that weights and delays take. */
const int CHUNK = 256, FEW = 8, COUNTS = 20;
/* Cells that are updated at once; Poisson numbers that are common, and those that occur at all. */
const size_t AHEAD = 3, LINE = 64;
/* How many parts of rows are fetched before they are needed; bytes that come from memory together. */

struct Circuit {
    int64_t seed, longest, refractory, sizes[TYPES], numbers[TYPES][TYPES];  /* delays in steps; synapses: target, source */
    double decay_v, decay_i, i_to_v, threshold;                              /* of a step; mV above rest and reset */
    double outside, constant[TYPES], weights[TYPES][TYPES];                  /* pA; mV a step; pA: target, source */
    uint32_t poisson[TYPES][COUNTS];                                         /* a word above n of them stands for n spikes */
    float factors[LEVELS];                                                   /* quantiles of weights, relative to the mean */
    uint8_t delays[2][LEVELS];                                               /* quantiles in steps, from E and from I */
};

static void fail(const char* why) { fprintf(stderr, "%s\n", why); exit(2); }

static double seconds(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The most memory that was held at once, in MB; getrusage would count what the parent held when it started this process. */
static double most_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, 6, "VmHWM:") == 0) return atof(line.c_str() + 6) * 1024e-6;
    return 0;
}

/* Memory in large pages, each of which is looked up once for what would be 512 small ones. */
template <class T> static T* large(size_t n) {
    const size_t page = (size_t)2 << 20, bytes = (n * sizeof(T) + page) / page * page;
    void* const found = aligned_alloc(page, bytes);
    if (!found) fail("there is no memory for so many synapses");
    madvise(found, bytes, MADV_HUGEPAGE);
    return (T*)found;
}

struct Chunk { int first, end, type; };

/* The cells, type by type, in blocks on which about as many synapses end; a block consists of chunks of one type each. */
struct Cells {
    int n = 0, first[TYPES + 1], borders[BLOCKS + 1];
    std::vector<Chunk> chunks[BLOCKS];
    explicit Cells(const Circuit& circuit) {
        double total = 0, before = 0;
        for (int type = 0; type < TYPES; type++) total += inputs(circuit, type);
        int block = -1;
        for (int type = 0; type < TYPES; type++) {
            first[type] = n;
            n += (int)circuit.sizes[type];
            for (int at = first[type]; at < n; at += CHUNK) {
                const int end = at + CHUNK < n ? at + CHUNK : n;
                if (block < 0 || (block + 1 < BLOCKS && before >= total * (block + 1) / BLOCKS)) borders[++block] = at;
                chunks[block].push_back({at, end, type});
                before += inputs(circuit, type) * (end - at) / (double)circuit.sizes[type];
            }
        }
        borders[BLOCKS] = first[TYPES] = n;
        for (int k = 0; k < BLOCKS; k++)
            if (borders[k + 1] - borders[k] > UINT16_MAX + 1) fail("a block has too many cells");
    }
    static double inputs(const Circuit& circuit, int type) {
        double sum = 0;
        for (int source = 0; source < TYPES; source++) sum += (double)circuit.numbers[type][source];
        return sum;
    }
    int type(int cell) const {
        int found = 0;
        while (cell >= first[found + 1]) found++;
        return found;
    }
};

struct Rows {
    int delays;                                                              /* delays of a row, 0 included */
    std::vector<size_t> first;                                               /* of each row, and the end */
    uint16_t *begins, *target;                                               /* of each part, within its row; of synapses */
    float* weight;
    const uint16_t* part(int source, int block, int delay) const {
        return begins + (size_t)source * (BLOCKS * delays + 1) + block * delays + delay;
    }
};

/* How many synapses each source has on each type: every source of a type is equally likely for each of them. */
static std::vector<uint16_t> out_degrees(const Circuit& circuit, const Cells& cells) {
    std::vector<uint16_t> degrees((size_t)cells.n * TYPES);
    std::mt19937_64 generator(circuit.seed);
    for (int target = 0; target < TYPES; target++)
        for (int source = 0; source < TYPES; source++) {
            int64_t left = circuit.numbers[target][source];
            for (int k = cells.first[source]; k < cells.first[source + 1]; k++) {
                const int sources = cells.first[source + 1] - k;
                int64_t own = left;
                if (sources > 1) own = std::binomial_distribution<int64_t>(left, 1.0 / sources)(generator);
                if (own > UINT16_MAX) fail("a cell has too many synapses");
                degrees[(size_t)k * TYPES + target] = (uint16_t)own;
                left -= own;
            }
        }
    return degrees;
}

/* Draw the targets, weights and delays of each source, two synapses a counter, and sort them by block and delay. */
static Rows connect(const Circuit& circuit, const Cells& cells, int threads) {
    const std::vector<uint16_t> degrees = out_degrees(circuit, cells);
    Rows rows = {(int)circuit.longest + 1, std::vector<size_t>(cells.n + 1), 0, 0, 0};
    const int parts = BLOCKS * rows.delays;
    size_t longest = 0;
    for (int source = 0; source < cells.n; source++) {
        size_t length = 0;
        for (int type = 0; type < TYPES; type++) length += degrees[(size_t)source * TYPES + type];
        if (length > UINT16_MAX) fail("a cell has too many synapses");
        if (length > longest) longest = length;
        rows.first[source + 1] = rows.first[source] + length;
    }
    rows.target = large<uint16_t>(rows.first[cells.n]);
    rows.weight = large<float>(rows.first[cells.n]);
    rows.begins = large<uint16_t>((size_t)cells.n * (parts + 1));
    #pragma omp parallel num_threads(threads)
    {
        std::vector<uint32_t> words[4];
        for (int k = 0; k < 4; k++) words[k].resize(longest / 2 + 1);
        std::vector<uint16_t> part(longest), target(longest);
        std::vector<float> weight(longest);
        std::vector<uint32_t> at(parts + 1);                                 /* where the next synapse of a part goes */
        #pragma omp for schedule(dynamic, 64)
        for (int source = 0; source < cells.n; source++) {
            const int type = cells.type(source);
            int length = 0;
            at.assign(parts + 1, 0);
            for (int to = 0; to < TYPES; to++) {
                const int n = degrees[(size_t)source * TYPES + to];
                philox((uint32_t)(n + 1) / 2, (uint32_t)source, (uint32_t)to, 1, (uint32_t)circuit.seed, words[0].data(),
                       words[1].data(), words[2].data(), words[3].data());
                for (int k = 0; k < n; k++, length++) {
                    const uint32_t where = words[k % 2][k / 2], what = words[2 + k % 2][k / 2];
                    const int cell = cells.first[to] + (int)((uint64_t)where * (uint64_t)circuit.sizes[to] >> 32);
                    int block = 0;
                    while (cell >= cells.borders[block + 1]) block++;
                    target[length] = (uint16_t)(cell - cells.borders[block]);
                    weight[length] = (float)circuit.weights[to][type] * circuit.factors[what & 0xFFFF];
                    part[length] = (uint16_t)(block * rows.delays + circuit.delays[type % 2][what >> 16]);
                    at[part[length] + 1]++;
                }
            }
            uint16_t* const begins = rows.begins + (size_t)source * (parts + 1);
            for (int k = 0; k < parts; k++) {
                at[k + 1] += at[k];
                begins[k] = (uint16_t)at[k];
            }
            begins[parts] = (uint16_t)length;
            for (int k = 0; k < length; k++) {
                const size_t place = rows.first[source] + at[part[k]]++;
                rows.target[place] = target[k];
                rows.weight[place] = weight[k];
            }
        }
    }
    return rows;
}

typedef std::vector<std::vector<int> > Sent;
/* Spikes of the last steps: a list for each step and block. */
struct Part { const uint16_t* target; const float* weight; int n; };

/* The parts of rows that reach a block now: first what has travelled longest. */
static void find_due(const Rows& rows, const Sent& sent, int64_t now, int block, std::vector<Part>& due) {
    const int64_t steps = (int64_t)sent.size() / BLOCKS;
    due.clear();
    for (int delay = (int)(now < rows.delays - 1 ? now : rows.delays - 1); delay >= 1; delay--)
        for (int from = 0; from < BLOCKS; from++)
            for (const int source : sent[(now - delay) % steps * BLOCKS + from]) {
                const uint16_t* const begins = rows.part(source, block, delay);
                const size_t place = rows.first[source] + begins[0];
                if (begins[1] > begins[0]) due.push_back({rows.target + place, rows.weight + place, begins[1] - begins[0]});
            }
}

template <class T> static void fetch(const T* values, int n) {
    const uintptr_t first = (uintptr_t)values / LINE * LINE, end = (uintptr_t)(values + n);
    for (uintptr_t at = first; at < end; at += LINE) __builtin_prefetch((const char*)at);
}

static void deliver(const std::vector<Part>& due, double* input) {
    for (size_t k = 0; k < due.size(); k++) {
        if (k + AHEAD < due.size()) {
            fetch(due[k + AHEAD].target, due[k + AHEAD].n);
            fetch(due[k + AHEAD].weight, due[k + AHEAD].n);
        }
        const Part& part = due[k];
        for (int j = 0; j < part.n; j++) input[part.target[j]] += part.weight[j];
    }
}

/* The numbers of spikes from outside of the cells of a chunk. */
static void draw(const Circuit& circuit, const Chunk& chunk, int64_t now, int32_t* count) {
    const int quarter = CHUNK / 4;
    alignas(64) uint32_t word[CHUNK];
    philox(quarter, (uint32_t)now, (uint32_t)chunk.first, 2, (uint32_t)circuit.seed, word, word + quarter, word + 2 * quarter,
           word + 3 * quarter);
    const uint32_t* const above = circuit.poisson[chunk.type];
    uint32_t largest = 0;
    for (int k = 0; k < CHUNK; k++) {
        int32_t number = 0;
        for (int j = 0; j < FEW; j++) number += word[k] > above[j];
        count[k] = number;
        largest = word[k] > largest ? word[k] : largest;
    }
    for (int j = FEW; j < COUNTS && largest > above[j]; j++)
        for (int k = 0; k < CHUNK; k++) count[k] += word[k] > above[j];
}

struct State { double *v, *i, *input; int32_t* ready; };
/* Potentials above rest (mV), synaptic currents (pA), what arrives in this step (pA), first step that is not refractory. */

/* A step of the cells of a chunk, by exact integration; those that fire are added to `spikes`. */
static void update(const Circuit& circuit, const Chunk& chunk, int64_t now, const int32_t* count, const State& state,
                   std::vector<int>& spikes) {
    double *const v = state.v + chunk.first, *const i = state.i + chunk.first, *const input = state.input + chunk.first;
    int32_t* const ready = state.ready + chunk.first;
    const double decay_v = circuit.decay_v, decay_i = circuit.decay_i, i_to_v = circuit.i_to_v, outside = circuit.outside,
                 constant = circuit.constant[chunk.type], threshold = circuit.threshold;
    const int n = chunk.end - chunk.first;
    int64_t any = 0;
    #pragma GCC ivdep
    for (int k = 0; k < n; k++) {
        const double next = v[k] * decay_v + i[k] * i_to_v + constant;
        v[k] = (int32_t)now >= ready[k] ? next : 0.0;
        any |= v[k] >= threshold;
        i[k] = i[k] * decay_i + (input[k] + outside * count[k]);
        input[k] = 0;
    }
    if (!any) return;
    for (int k = 0; k < n; k++)
        if (v[k] >= threshold) {
            v[k] = 0;
            ready[k] = (int32_t)(now + 1 + circuit.refractory);
            spikes.push_back(chunk.first + k);
        }
}

/* What is counted after the warm-up: processor time, time on the clock, that of each phase; spikes; synapses reached. */
struct Seen { double processor, clock, phases[3]; int64_t spikes[TYPES], events; uint64_t hash; };

static Seen simulate(const Circuit& circuit, const Cells& cells, const Rows& rows, const State& state, int threads,
                     int64_t warm_up, int64_t steps, FILE* spikes) {
    Seen seen = {0, 0, {0, 0, 0}, {0}, 0, 14695981039346656037ull};
    const int64_t slots = circuit.longest + 2;
    Sent sent(slots * BLOCKS);
    #pragma omp parallel num_threads(threads)
    {
        const bool first = omp_get_thread_num() == 0;
        double phases[3] = {0, 0, 0};
        std::vector<Part> due;
        alignas(64) int32_t count[CHUNK];
        for (int64_t now = 0; now < warm_up + steps; now++) {
            if (now == warm_up) {
                phases[0] = phases[1] = phases[2] = 0;
                if (first) { seen.processor = seconds(CLOCK_PROCESS_CPUTIME_ID); seen.clock = seconds(CLOCK_MONOTONIC); }
            }
            for (int block = omp_get_thread_num(); block < BLOCKS; block += threads) {
                const double begun = seconds(CLOCK_THREAD_CPUTIME_ID);
                find_due(rows, sent, now, block, due);
                const double found = seconds(CLOCK_THREAD_CPUTIME_ID);
                deliver(due, state.input + cells.borders[block]);
                const double delivered = seconds(CLOCK_THREAD_CPUTIME_ID);
                std::vector<int>& fired = sent[now % slots * BLOCKS + block];
                fired.clear();
                for (const Chunk& chunk : cells.chunks[block]) {
                    draw(circuit, chunk, now, count);
                    update(circuit, chunk, now, count, state, fired);
                }
                phases[0] += found - begun;
                phases[1] += delivered - found;
                phases[2] += seconds(CLOCK_THREAD_CPUTIME_ID) - delivered;
            }
            #pragma omp barrier
            /* A list is written to again a delay and a step later: until then the others may go on. */
            if (!first) continue;
            for (int block = 0; block < BLOCKS; block++)
                for (const int source : sent[now % slots * BLOCKS + block]) {
                    seen.hash = (seen.hash ^ (uint64_t)(source + 1) * (uint64_t)(now + 1)) * 1099511628211ull;
                    if (now < warm_up) continue;
                    seen.spikes[cells.type(source)]++;
                    const int32_t spike[2] = {(int32_t)now, source};
                    if (spikes && fwrite(spike, sizeof spike, 1, spikes) != 1) fail("the spikes cannot be written");
                    seen.events += (int64_t)(rows.first[source + 1] - rows.first[source]);
                }
        }
        #pragma omp critical
        for (int k = 0; k < 3; k++) seen.phases[k] += phases[k];
    }
    seen.processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - seen.processor;
    seen.clock = seconds(CLOCK_MONOTONIC) - seen.clock;
    return seen;
}

int main(int argc, char** argv) {
    if (argc != 5 && argc != 6) fail("usage: microcircuit FILE THREADS WARM_UP STEPS [SPIKES]");
    const int threads = atoi(argv[2]);
    if (threads < 1 || threads > BLOCKS) fail("give one or two threads");
    Circuit* const circuit = new Circuit;
    FILE* const file = fopen(argv[1], "rb");
    if (!file || fread(circuit, sizeof(Circuit), 1, file) != 1) fail("the file is too short or not there");
    const double begun = seconds(CLOCK_PROCESS_CPUTIME_ID), clock = seconds(CLOCK_MONOTONIC);
    const Cells cells(*circuit);
    const Rows rows = connect(*circuit, cells, threads);
    printf("build %.3f\nbuild_clock %.3f\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - begun, seconds(CLOCK_MONOTONIC) - clock);
    const State state = {large<double>(cells.n), large<double>(cells.n), large<double>(cells.n), large<int32_t>(cells.n)};
    for (int k = 0; k < cells.n; k++) state.i[k] = state.input[k] = state.ready[k] = 0;
    if (fread(state.v, sizeof(double), cells.n, file) != (size_t)cells.n) fail("the file is too short");
    FILE* const spikes = argc == 6 ? fopen(argv[5], "wb") : 0;
    if (argc == 6 && !spikes) fail("the file for the spikes cannot be opened");
    const Seen seen = simulate(*circuit, cells, rows, state, threads, atoll(argv[3]), atoll(argv[4]), spikes);
    if (spikes && fclose(spikes)) fail("the spikes cannot be written");
    printf("processor %.4f\nclock %.4f\nfinding %.4f\ndelivery %.4f\ncells %.4f\n", seen.processor, seen.clock, seen.phases[0],
           seen.phases[1], seen.phases[2]);
    printf("megabytes %.0f\nsynapses %zu\nevents %lld\n", most_memory(), rows.first[cells.n], (long long)seen.events);
    for (int type = 0; type < TYPES; type++) printf("spikes_%d %lld\n", type, (long long)seen.spikes[type]);
    printf("hash %u\n", (unsigned)(seen.hash >> 32));
}
