/* What the driver of a compiled network uses: input, output, the loop over steps. */
#include <cstdio>
#include <cstring>
#include <cstdlib>
#include <chrono>
#include <algorithm>
#include <cmath>
namespace bnsim {
static void fail(const char* what) { std::fprintf(stderr, "%s\n", what); std::exit(3); }
static uint64_t next_size() {
    uint64_t n = 0;
    if (std::fread(&n, sizeof(n), 1, stdin) != 1) fail("the job ended too early");
    return n;
}
template <class T> void read(T* data, size_t n, const char* name) {
    if (next_size() != n * sizeof(T)) fail(name);
    if (n && std::fread(data, sizeof(T), n, stdin) != n) fail(name);
}
template <class T> void read(std::vector<T>& data) {
    data.resize(next_size() / sizeof(T));
    if (data.size() && std::fread(&data[0], sizeof(T), data.size(), stdin) != data.size())
        fail("the job ended too early");
}
template <class T> void write(const T* data, size_t n) {
    const uint64_t bytes = n * sizeof(T);
    if (std::fwrite(&bytes, sizeof(bytes), 1, stdout) != 1 || (n && std::fwrite(data, sizeof(T), n, stdout) != n))
        fail("cannot write the outcome");
}
template <class T> void write(const std::vector<T>& data)
{
    write(data.empty() ? (const T*)0 : &data[0], data.size());
}
template <class T> void check_finite(const T* data, size_t n, const char* name) {
    for (size_t k = 0; k < n; k++) if (!std::isfinite((double)data[k])) fail(name);
}
typedef std::vector<codeobj_func> Functions;
static Functions functions_of(const Network& network) {
    Functions functions;
    for (size_t k = 0; k < network.objects.size(); k++)
        if (network.objects[k].second) functions.push_back(network.objects[k].second);
    return functions;
}
static Functions::iterator find(Functions& functions, codeobj_func function) {
    const Functions::iterator found = std::find(functions.begin(), functions.end(), function);
    if (found == functions.end()) fail("an object of the network is missing");
    return found;
}
static void leave_out(Functions& functions, codeobj_func function) { *find(functions, function) = NULL; }
static void replace(Functions& functions, codeobj_func function, codeobj_func other) {
    *find(functions, function) = other;
}
static void call(codeobj_func function, double& seconds) {
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    function();
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
/* seconds: where to add up the time of each function, empty for not at all. */
static void run_steps(const Functions& functions, int64_t* timestep, double* t, double dt, int64_t from, int64_t to,
                      std::vector<double>& seconds) {
    for (int64_t step = from; step < to; step++) {
        timestep[0] = step; t[0] = step * dt;
        for (size_t k = 0; k < functions.size(); k++) {
            if (!functions[k]) continue;
            if (seconds.empty()) functions[k](); else call(functions[k], seconds[k]);
        }
    }
    timestep[0] = to; t[0] = to * dt;
}
/* The unit with most spikes; of equals the one whose last spike came first, then the first; -1 without a spike. */
static int decision(const int32_t* count, const int32_t* last, int n) {
    int best = -1;
    for (int k = 0; k < n; k++) {
        if (count[k] == 0) continue;
        if (best < 0 || count[k] > count[best] || (count[k] == count[best] && last[k] < last[best])) best = k;
    }
    return best;
}
static void empty(CSpikeQueue& queue) { for (size_t k = 0; k < queue.queue.size(); k++) queue.queue[k].clear(); }
static void put(CSpikeQueue& queue, const std::vector<int32_t>& synapse, const std::vector<int32_t>& ahead) {
    for (size_t k = 0; k < synapse.size(); k++)
        queue.queue[(queue.offset + ahead[k]) % queue.queue.size()].push_back(synapse[k]);
}
static void take(const CSpikeQueue& queue, std::vector<int32_t>& synapse, std::vector<int32_t>& ahead) {
    for (size_t k = 1; k < queue.queue.size(); k++) {
        const std::vector<int32_t>& slot = queue.queue[(queue.offset + k) % queue.queue.size()];
        synapse.insert(synapse.end(), slot.begin(), slot.end());
        ahead.insert(ahead.end(), slot.size(), (int32_t)k);
    }
}
}
