/* What the driver of a compiled network uses: input, output, the loop over steps. */
#include <cstdio>
#include <cstring>
#include <cstdlib>
#include <chrono>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <poll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
namespace bnsim {
/* What a process and its owner tell each other, job after job (see bnsim.engine.resident). Arrays lie one after another in
   a file that both have open, ARRAYS; their lengths in bytes go over the socket OWNER. */
struct Exchange {
    enum { OWNER = STDIN_FILENO, ARRAYS = STDOUT_FILENO, AS_IT_STANDS = -1, FINISHED = -1, MOST_AT_ONCE = 512 };
    std::vector<int64_t> sizes;  /* of the arrays of the job */
    size_t next, n_mapped;       /* the array that is read next */
    char* mapped;
    const char* place;           /* where it begins */
    std::vector<struct iovec> outcome;
    Exchange() : next(0), n_mapped(0), mapped(NULL), place(NULL) {}
    /* Wait for a job of so many arrays; false once the owner has closed the socket, or is dead. */
    APART bool receive(size_t n_arrays) {
        sizes.resize(n_arrays); next = 0; outcome.clear();
        char* const said = (char*)sizes.data();
        for (size_t n = 0; n < n_arrays * sizeof(int64_t);) {
            const ssize_t more = ::read(OWNER, said + n, n_arrays * sizeof(int64_t) - n);
            if (more < 0 && errno == EINTR) continue;
            if (more <= 0) return false;
            n += more;
        }
        size_t total = 0;
        for (size_t k = 0; k < n_arrays; k++) if (sizes[k] > 0) total += sizes[k];
        if (total > n_mapped) {
            if (mapped) munmap(mapped, n_mapped);
            void* const found = mmap(NULL, total, PROT_READ, MAP_SHARED, ARRAYS, 0);
            if (found == MAP_FAILED) fail("cannot read the job");
            mapped = (char*)found; n_mapped = total;
        }
        place = mapped;
        return true;
    }
    int64_t next_size() {
        if (next == sizes.size()) fail("the job ended too early");
        return sizes[next++];
    }
    void take(void* data, size_t n_bytes) {
        if (n_bytes) std::memcpy(data, place, n_bytes);
        place += n_bytes;
    }
    /* Write the arrays of the outcome, then say that they are there. */
    APART void send() {
        std::vector<int64_t> said(1, FINISHED);
        for (size_t k = 0; k < outcome.size(); k++) said.push_back(outcome[k].iov_len);
        if (lseek(ARRAYS, 0, SEEK_SET) < 0) fail("cannot write the outcome");
        for (size_t k = 0; k < outcome.size();) {
            const ssize_t n = writev(ARRAYS, &outcome[k], (int)std::min<size_t>(outcome.size() - k, MOST_AT_ONCE));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail("cannot write the outcome");
            size_t written = n;
            for (; k < outcome.size() && written >= outcome[k].iov_len; k++) written -= outcome[k].iov_len;
            if (k == outcome.size()) break;
            outcome[k].iov_base = (char*)outcome[k].iov_base + written; outcome[k].iov_len -= written;
        }
        tell(said.data(), said.size());
    }
    void tell(const int64_t* numbers, size_t n_numbers) {
        const char* const said = (const char*)numbers;
        for (size_t n = 0; n < n_numbers * sizeof(int64_t);) {
            const ssize_t more = ::write(OWNER, said + n, n_numbers * sizeof(int64_t) - n);
            if (more < 0 && errno == EINTR) continue;
            if (more < 0) std::_Exit(3);
            n += more;
        }
    }
    /* A run whose owner was killed has nobody to tell its outcome. The kernel's own signal for that would come when the
       thread ends that started the process, which may be long before its owner ends. */
    static void end_without_owner() {
        struct pollfd owner = {OWNER, 0, 0};
        if (poll(&owner, 1, 0) > 0) std::_Exit(3);
    }
};
static Exchange exchange;
/* The next array of the job; false where it is to stay as it stands. */
template <class T> bool read(T* data, size_t n, const char* name) {
    const int64_t n_bytes = exchange.next_size();
    if (n_bytes == Exchange::AS_IT_STANDS) return false;
    if ((size_t)n_bytes != n * sizeof(T)) fail(name);
    exchange.take(data, n_bytes);
    return true;
}
template <class T> bool read(std::vector<T>& data) {
    const int64_t n_bytes = exchange.next_size();
    if (n_bytes == Exchange::AS_IT_STANDS) return false;
    data.resize(n_bytes / sizeof(T));
    exchange.take(data.data(), n_bytes);
    return true;
}
/* The next array of the outcome; it must stay where it is until the outcome is sent. */
template <class T> void write(const T* data, size_t n) {
    const struct iovec array = {(void*)data, n * sizeof(T)};
    exchange.outcome.push_back(array);
}
template <class T> void write(const std::vector<T>& data) { write(data.data(), data.size()); }
/* Arrays that no job brings, as they are before the first job: each job finds them so. */
struct Fresh {
    struct Array { char* data; std::vector<char> values; };
    std::vector<Array> arrays;
    template <class T> void add(T* data, size_t n) {
        const Array array = {(char*)data, std::vector<char>((char*)data, (char*)(data + n))};
        arrays.push_back(array);
    }
    void restore() const {
        for (size_t k = 0; k < arrays.size(); k++)
            std::copy(arrays[k].values.begin(), arrays[k].values.end(), arrays[k].data);
    }
};
/* Where a run stands. trial: -1 in a continuous run. */
struct Place { int64_t trial; double t; };
template <class T> void check_finite(const T* data, size_t n, const char* name, const Place& place) {
    for (size_t k = 0; k < n; k++) if (!std::isfinite((double)data[k])) {
        std::fprintf(stderr, "%s %zu %lld %.17g\n", name, k, (long long)place.trial, place.t);
        std::exit(3);
    }
}
template <class T> void start_with(T* data, size_t n, const std::vector<T>& given, const char* name) {
    if (given.size() != n) fail(name);
    std::copy(given.begin(), given.end(), data);
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
/* The spikes of a population that are recorded: those in its spike space at the end of a step. */
struct Recorder {
    bool on; std::vector<char> wanted; const int32_t* space; int n;
    std::vector<int32_t> unit; std::vector<int64_t> step, end; size_t kept;
    Recorder(const std::vector<int32_t>& request, const int32_t* space, int n)
        : on(!request.empty()), space(space), n(n), kept(0) {
        if (request.size() < 2) return;
        wanted.assign(n, 0);
        for (size_t k = 1; k < request.size(); k++) wanted[request[k]] = 1;
    }
    void note(int64_t now) {
        for (int k = 0; k < space[n]; k++)
            if (wanted.empty() || wanted[space[k]]) { unit.push_back(space[k]); step.push_back(now); }
    }
    void keep() { kept = unit.size(); }
    void forget() { unit.resize(kept); step.resize(kept); }
};
/* A variable that is sampled at the start of every few steps. update: computes it, where it is not stored. */
struct Sampler {
    int64_t every; std::vector<int32_t> units; codeobj_func update; double (*look)(const void*, size_t);
    const void* data; size_t n; std::vector<double> samples; size_t kept;
    template <class T> static double look_at(const void* data, size_t k) { return (double)((const T*)data)[k]; }
    template <class T> Sampler(const std::vector<int32_t>& request, const T* data, size_t n, codeobj_func update)
        : every(request.empty() ? 0 : request[0]), units(request.begin() + !request.empty(), request.end()),
          update(update), look(look_at<T>), data(data), n(n), kept(0) {}
    void sample() {
        if (update) update();
        if (units.empty()) for (size_t k = 0; k < n; k++) samples.push_back(look(data, k));
        else for (size_t k = 0; k < units.size(); k++) samples.push_back(look(data, units[k]));
    }
    void keep() { kept = samples.size(); }
    void forget() { samples.resize(kept); }
};
/* Given spikes, as step * n + unit in order, that are marked in the drive of their population for one step. */
struct Replay {
    double* drive; int64_t n; const int64_t *index; int64_t shown, next, stop;
    void begin(const int64_t* spikes, int64_t first, int64_t last) { index = spikes; shown = next = first; stop = last; }
    void mark(int64_t step) {
        for (; shown < next; shown++) drive[index[shown] % n] = 0.0;
        for (; next < stop && index[next] / n == step; next++) drive[index[next] % n] = 1.0;
    }
    void end() { for (; shown < next; shown++) drive[index[shown] % n] = 0.0; }
};
/* A variable that takes new values where a time bin begins; after the last bin it is 0. */
struct Feeder {
    double* data; size_t width; int64_t every; const double* values; size_t n_bins;
    void feed(int64_t now) {
        const size_t bin = (size_t)(now / every);
        if (bin < n_bins) std::copy_n(values + bin * width, width, data); else std::fill(data, data + width, 0.0);
    }
};
/* What happens around the functions of the network in every step. steady: what is worked out where a run begins and where a
   variable takes new values. seconds: where to add up the time of each function, empty for not at all. reports: whether
   the owner is told the number of steps. most_bytes: how much is
   recorded before the run ends early, as it does after `until`; 0 for no such end. */
struct Loop {
    Functions functions; int64_t* timestep; double* t; double dt; void (*check)(const Place&);
    std::vector<Replay*> replays; std::vector<Feeder*> feeders; std::vector<Sampler*> samplers; std::vector<Recorder*> recorders;
    std::vector<codeobj_func> steady;
    std::vector<double> seconds; bool reports; int64_t done;
    int64_t most_bytes; std::chrono::steady_clock::time_point until; bool full;
    bool is_full() const {
        if (!most_bytes) return false;
        size_t bytes = 0;
        for (size_t k = 0; k < samplers.size(); k++) bytes += SAMPLE_BYTES * samplers[k]->samples.size();
        for (size_t k = 0; k < recorders.size(); k++) bytes += SPIKE_BYTES * recorders[k]->unit.size();
        return bytes >= (size_t)most_bytes || std::chrono::steady_clock::now() >= until;
    }
    APART void run(int64_t first, int64_t from, int64_t to, int64_t trial) {
        for (int64_t step = from; step < to; step++) {
            const int64_t now = first + step;
            timestep[0] = now; t[0] = now * dt;
            for (size_t k = 0; k < replays.size(); k++) replays[k]->mark(step);
            bool fed = step == from;
            for (size_t k = 0; k < feeders.size(); k++)
                if (step == from || now % feeders[k]->every == 0) { feeders[k]->feed(now); fed = true; }
            if (fed) for (size_t k = 0; k < steady.size(); k++) steady[k]();
            for (size_t k = 0; k < samplers.size(); k++) if (now % samplers[k]->every == 0) samplers[k]->sample();
            for (size_t k = 0; k < functions.size(); k++) {
                if (!functions[k]) continue;
                if (seconds.empty()) functions[k](); else call(functions[k], seconds[k]);
            }
            for (size_t k = 0; k < recorders.size(); k++) recorders[k]->note(now);
            if ((now + 1) % CHECK_EVERY == 0) {
                const Place place = {trial, (now + 1) * dt};
                check(place);
            }
            if (++done % CHECK_EVERY == 0) {
                Exchange::end_without_owner();
                if (reports) exchange.tell(&done, 1);
            }
            if ((full = is_full())) to = step + 1;
        }
        timestep[0] = first + to; t[0] = (first + to) * dt;
    }
    void keep() {
        for (size_t k = 0; k < samplers.size(); k++) samplers[k]->keep();
        for (size_t k = 0; k < recorders.size(); k++) recorders[k]->keep();
    }
    void forget() {
        for (size_t k = 0; k < samplers.size(); k++) samplers[k]->forget();
        for (size_t k = 0; k < recorders.size(); k++) recorders[k]->forget();
    }
};
/* The unit with most spikes; of equals the one whose last spike came first, then the first; -1 without a spike. */
static int decision(const int32_t* count, const int32_t* last, int n) {
    int best = -1;
    for (int k = 0; k < n; k++) {
        if (count[k] == 0) continue;
        if (best < 0 || count[k] > count[best] || (count[k] == count[best] && last[k] < last[best])) best = k;
    }
    return best;
}
}
