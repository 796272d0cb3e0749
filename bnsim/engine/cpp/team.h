/* Threads that share the work of a step. Each takes units or targets of its own, so that every sum is made by one thread,
   in the same order whatever their number. */
#include <atomic>
#include <thread>
#include <vector>
/* Compiled once, for speed, wherever it is called: what is written into every caller takes the compiler as long again. */
#define APART __attribute__((hot, noinline))
namespace bnsim {
/* -1 outside of what threads share. */
static thread_local int number_of_thread = -1;
struct Team {
    /* Looks at a variable before a thread lets others have its core, when it waits. */
    enum { SPINS = 4000 };
    int size;
    std::vector<std::thread> others;
    std::atomic<int> round, left;
    std::atomic<bool> over;
    void (*call)(const void*, int);
    const void* work;
    Team() : size(1), round(0), left(0), over(false) {}
    void begin(int n) {
        size = n; over = false;
        for (int k = 1; k < n; k++) others.push_back(std::thread(&Team::serve, this, k, round.load()));
    }
    void end() {
        over = true; round++;
        for (size_t k = 0; k < others.size(); k++) others[k].join();
        others.clear(); size = 1;
    }
    void serve(int number, int seen) {
        number_of_thread = number;
        for (;; seen++) {
            wait(round, seen);
            if (over) return;
            call(work, number);
            left.fetch_sub(1, std::memory_order_release);
        }
    }
    /* Wait while a variable has a value. */
    static void wait(const std::atomic<int>& variable, int value) {
        for (int k = 0; variable.load(std::memory_order_acquire) == value; k++) {
            if (k >= SPINS) { std::this_thread::yield(); continue; }
#if defined(__x86_64__) || defined(__i386__)
            __builtin_ia32_pause();
#endif
        }
    }
    template <class F> static void called(const void* function, int thread) { (*(const F*)function)(thread); }
    /* Call a function with the number of each thread, in all of them. */
    template <class F> void each(const F& function) {
        work = &function; call = &Team::called<F>;
        left.store(size - 1, std::memory_order_relaxed);
        round.fetch_add(1, std::memory_order_release);
        number_of_thread = 0;
        function(0);
        number_of_thread = -1;
        for (int now; (now = left.load(std::memory_order_acquire));) wait(left, now);
    }
    /* Where the share of this thread begins and ends, of n units: whole cache lines. */
    int begin_of_share(int n) const { return number_of_thread < 0 ? 0 : border(number_of_thread, n); }
    int end_of_share(int n) const { return number_of_thread < 0 ? n : border(number_of_thread + 1, n); }
    int border(int thread, int n) const { return thread == size ? n : (int)((int64_t)n * thread / size) & ~63; }
};
/* It has no end of its own: a process that fails ends with its threads. */
static Team& team = *new Team;
}
