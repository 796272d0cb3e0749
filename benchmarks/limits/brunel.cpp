/* Brunel's network in plain C++: what a simulation costs where nothing but the loops is left (see __main__.py).

   Usage: brunel FILE ALGORITHM STEPS. FILE holds, as 64-bit integers: neurons, excitatory ones, steps of delay,
   refractory steps, synapses; as doubles: leak of a step, threshold, reset (mV), weight of an excitatory and of an
   inhibitory synapse (mV), mean number and weight (mV) of spikes from outside in a step; then, as 32-bit integers, the
   first synapse of each neuron and the number of all (neurons + 1), and the targets.
   ALGORITHM: "queue" (the number of every synapse that is reached waits in a queue, weights are doubles), "rows"
   (spikes wait, weights are doubles), "counts" (spikes wait, targets have 16 bits, and a target counts what reaches it).
   Prints processor seconds of the loop, and the mean rate as spikes a step and neuron, one a line. */
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>
#include "philox.h"

struct Network {
    int64_t n, n_excitatory, delay, refractory, n_synapses;
    double leak, threshold, reset, w_excitatory, w_inhibitory, outside_mean, outside_weight;
    std::vector<int32_t> first, target;
};

static void get(FILE* file, void* data, size_t bytes) {
    if (fread(data, 1, bytes, file) != bytes) { fprintf(stderr, "the file is too short\n"); exit(2); }
}

static Network read_network(const char* path) {
    FILE* file = fopen(path, "rb");
    if (!file) { fprintf(stderr, "no such file\n"); exit(2); }
    Network net;
    get(file, &net.n, 5 * sizeof(int64_t));
    get(file, &net.leak, 7 * sizeof(double));
    net.first.resize(net.n + 1); net.target.resize(net.n_synapses);
    get(file, net.first.data(), net.first.size() * 4);
    get(file, net.target.data(), net.target.size() * 4);
    fclose(file);
    return net;
}

/* Poisson numbers by 32-bit thresholds, looked up from where the first byte of a word leads. */
struct Poisson {
    std::vector<uint32_t> thresholds; uint8_t guide[256];
    explicit Poisson(double mean) {
        double term = std::exp(-mean), total = term;
        for (int number = 1; total < 1 - 1e-10; number++) {
            thresholds.push_back((uint32_t)(total * 4294967295.0));
            term *= mean / number; total += term;
        }
        thresholds.push_back(4294967295u);
        for (uint32_t byte = 0, number = 0; byte < 256; byte++) {
            while (thresholds[number] < byte << 24) number++;
            guide[byte] = (uint8_t)number;
        }
    }
    int operator()(uint32_t word) const {
        int number = guide[word >> 24];
        while (word > thresholds[number]) number++;
        return number;
    }
};

/* How many spikes ahead rows are fetched; targets in a line of the cache. */
const int AHEAD = 3, LINE = 32;

/* Cells in two passes: what reached them and what comes from outside; then threshold and reset. reached(k): in mV, once. */
struct Cells {
    const Network& net; Poisson poisson; std::vector<double> v; std::vector<int32_t> ready; std::vector<uint32_t> drawn[4];
    std::vector<char> fires;
    explicit Cells(const Network& net)
        : net(net), poisson(net.outside_mean), v(net.n), ready(net.n, 0), fires(net.n) {
        for (int k = 0; k < 4; k++) drawn[k].resize(net.n / 4 + 1);
        for (int64_t k = 0; k < net.n; k++) v[k] = net.reset + (net.threshold - net.reset) * ((k * 7919) % 1000) / 1000.0;
    }
    template <class F> void step(int32_t now, const F& reached, std::vector<int32_t>& spikes) {
        philox((uint32_t)(net.n / 4 + 1), (uint32_t)now, 1, 0, 1, drawn[0].data(), drawn[1].data(), drawn[2].data(),
               drawn[3].data());
        for (int64_t k = 0; k < net.n; k++) {
            const double next = v[k] * net.leak + reached(k) + poisson(drawn[k % 4][k / 4]) * net.outside_weight;
            v[k] = now >= ready[k] ? next : net.reset;
            fires[k] = v[k] > net.threshold;
        }
        const char* const end = fires.data() + net.n;
        for (const char* at = fires.data(); (at = (const char*)memchr(at, 1, end - at)); at++) {
            const int32_t k = (int32_t)(at - fires.data());
            spikes.push_back(k); v[k] = net.reset; ready[k] = now + 1 + (int32_t)net.refractory;
        }
    }
};

template <class Deliver, class Reached> static void run(const Network& net, int64_t steps, Deliver deliver, Reached reached) {
    Cells cells(net);
    std::vector<std::vector<int32_t> > sent(net.delay + 1);
    int64_t n_spikes = 0;
    const clock_t start = clock();
    for (int64_t now = 0; now < steps; now++) {
        std::vector<int32_t>& spikes = sent[now % (net.delay + 1)];
        spikes.clear();
        cells.step((int32_t)now, reached, spikes);
        n_spikes += spikes.size();
        deliver(now, spikes, sent[(now + 1) % (net.delay + 1)]);  /* those of `delay` steps ago */
    }
    printf("seconds %.4f\nspikes %.8f\n", (double)(clock() - start) / CLOCKS_PER_SEC, (double)n_spikes / steps / net.n);
}

int main(int argc, char** argv) {
    if (argc != 4) { fprintf(stderr, "usage: brunel FILE queue|rows|counts STEPS\n"); return 2; }
    const Network net = read_network(argv[1]);
    const int64_t steps = atoll(argv[3]);
    std::vector<double> input(net.n, 0.0), weight;
    const auto of_source = [&](int64_t k) { return k < net.n_excitatory ? net.w_excitatory : net.w_inhibitory; };
    if (strcmp(argv[2], "counts"))
        for (int64_t k = 0; k < net.n; k++) weight.insert(weight.end(), net.first[k + 1] - net.first[k], of_source(k));
    const auto take = [&](int64_t k) { const double found = input[k]; input[k] = 0; return found; };
    if (!strcmp(argv[2], "queue")) {
        std::vector<std::vector<int32_t> > queue(net.delay + 1);
        run(net, steps, [&](int64_t now, const std::vector<int32_t>& spikes, const std::vector<int32_t>&) {
            std::vector<int32_t>& late = queue[(now + net.delay) % (net.delay + 1)];
            for (size_t s = 0; s < spikes.size(); s++)
                for (int32_t k = net.first[spikes[s]]; k < net.first[spikes[s] + 1]; k++) late.push_back(k);
            std::vector<int32_t>& due = queue[now % (net.delay + 1)];
            for (size_t k = 0; k < due.size(); k++) input[net.target[due[k]]] += weight[due[k]];
            due.clear();
        }, take);
    } else if (!strcmp(argv[2], "rows")) {
        run(net, steps, [&](int64_t, const std::vector<int32_t>&, const std::vector<int32_t>& due) {
            for (size_t s = 0; s < due.size(); s++)
                for (int32_t k = net.first[due[s]]; k < net.first[due[s] + 1]; k++) input[net.target[k]] += weight[k];
        }, take);
    } else if (!strcmp(argv[2], "counts")) {
        const std::vector<uint16_t> narrow(net.target.begin(), net.target.end());
        std::vector<uint16_t> excitatory(net.n, 0), inhibitory(net.n, 0);
        run(net, steps, [&](int64_t, const std::vector<int32_t>&, const std::vector<int32_t>& due) {
            for (size_t s = 0; s < due.size(); s++) {
                if (s + AHEAD < due.size())
                    for (int32_t k = net.first[due[s + AHEAD]]; k < net.first[due[s + AHEAD] + 1]; k += LINE)
                        __builtin_prefetch(&narrow[k]);
                uint16_t* const count = due[s] < net.n_excitatory ? excitatory.data() : inhibitory.data();
                for (int32_t k = net.first[due[s]]; k < net.first[due[s] + 1]; k++) count[narrow[k]]++;
            }
        }, [&](int64_t k) {
            const double found = excitatory[k] * net.w_excitatory + inhibitory[k] * net.w_inhibitory;
            excitatory[k] = inhibitory[k] = 0;
            return found;
        });
    } else { fprintf(stderr, "no such algorithm: %s\n", argv[2]); return 2; }
}
