/* Synapses in rows (see bnsim.engine.rows). */
#include <stddef.h>
#include <string.h>
#include <stdint.h>
#include <vector>
namespace bnsim {
/* Synapses first to last - 1, which lead from source to target, target + 1, ... */
struct Row { int32_t first, last, source, target; };
/* Stands in for the array of targets within a row. */
struct Consecutive { int32_t shift; int32_t operator[](size_t synapse) const { return (int32_t)synapse + shift; } };
/* Stands in for the array of sources within a row. */
struct Constant { int32_t source; int32_t operator[](size_t) const { return source; } };
/* The rows of a projection by source; none where its synapses are not wired in rows, or have delays. */
struct Rows {
    std::vector<Row> rows;
    std::vector<int32_t> start;
    const int32_t* spikes;
    const int32_t* n_spikes;
    bool direct() const { return !start.empty(); }
    const Row* begin(int32_t source) const { return rows.data() + start[source]; }
    const Row* end(int32_t source) const { return rows.data() + start[source + 1]; }
    bool find(const std::vector<int32_t>& source, const std::vector<int32_t>& target, int n_sources, double shortest,
              const int32_t* spikespace) {
        spikes = spikespace; n_spikes = spikespace + n_sources;
        rows.clear(); start.assign(n_sources + 1, 0);
        for (size_t k = 0; k < source.size(); k++) {
            if (k && source[k] < source[k - 1]) { rows.clear(); start.clear(); return false; }
            if (k && source[k] == source[k - 1] && target[k] == target[k - 1] + 1) { rows.back().last++; continue; }
            const Row row = {(int32_t)k, (int32_t)k + 1, source[k], target[k]};
            rows.push_back(row); start[source[k] + 1]++;
        }
        if (source.size() < shortest * rows.size()) { rows.clear(); start.clear(); return false; }
        for (int k = 0; k < n_sources; k++) start[k + 1] += start[k];
        return true;
    }
};
}
