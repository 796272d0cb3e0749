/* Random numbers of a population: one call of the generator serves four units. */
namespace bnsim {
struct Draws {
    std::vector<int32_t> blocks;
    std::vector<uint32_t> words[4];
    void resize(size_t n_units) { for (int j = 0; j < 4; j++) words[j].resize((n_units + 3) / 4); }
    /* For all units. */
    void choose(int n_units) {
        resize(n_units);
        blocks.clear();
        for (int k = 0; k < (n_units + 3) / 4; k++) blocks.push_back(k);
    }
    /* For those that are driven, since no other's number is used. */
    void choose(int n_units, const double* drive) {
        resize(n_units);
        blocks.clear();
        for (int k = 0; k < n_units; k++)
            if (drive[k] != 0 && (blocks.empty() || blocks.back() != k / 4)) blocks.push_back(k / 4);
    }
    /* In two loops, of which the compiler turns the first into vector instructions. */
    void draw(int64_t key_high, int64_t key_low, uint32_t stream, int64_t step, double* uniform, int n_units) {
        const int n = (int)blocks.size();
        const int32_t* const block = blocks.data();
        uint32_t *const w0 = words[0].data(), *const w1 = words[1].data(), *const w2 = words[2].data(),
                 *const w3 = words[3].data();
        for (int k = 0; k < n; k++) {
            uint32_t x0 = block[k], x1 = (uint32_t)step, x2 = stream, x3 = (uint32_t)(step >> 32);
            bnsim_philox(key_high, key_low, x0, x1, x2, x3);
            w0[k] = x0; w1[k] = x1; w2[k] = x2; w3[k] = x3;
        }
        for (int k = 0; k < n; k++) {
            double* const unit = uniform + 4 * block[k];
            const int n_in_block = n_units - 4 * block[k];
            unit[0] = bnsim_in_open_interval(w0[k]);
            if (n_in_block > 1) unit[1] = bnsim_in_open_interval(w1[k]);
            if (n_in_block > 2) unit[2] = bnsim_in_open_interval(w2[k]);
            if (n_in_block > 3) unit[3] = bnsim_in_open_interval(w3[k]);
        }
    }
};
}
