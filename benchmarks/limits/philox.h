/* Philox 4x32-10 (Salmon et al. 2011), the kind of generator that bnsim's own programs have. */
#pragma once
#include <cstdint>

/* Write four words for each of n counters: (0, a, b, c), (1, a, b, c) and so on. The compiler turns the loop into vector
   instructions. Words lie in lanes of 64 bits, whose upper halves are of no account: so each product of two words is one
   instruction, which is twice as fast as lanes of 32 bits. */
static inline void philox(uint32_t n, uint32_t a, uint32_t b, uint32_t c, uint32_t key, uint32_t* __restrict w0,
                          uint32_t* __restrict w1, uint32_t* __restrict w2, uint32_t* __restrict w3) {
    const uint64_t lower = 0xFFFFFFFFu;
    for (uint64_t k = 0; k < n; k++) {
        uint64_t x0 = k, x1 = a, x2 = b, x3 = c;
        uint32_t k0 = key, k1 = 7;
        for (int round = 0; round < 10; round++) {
            const uint64_t first = 0xD2511F53u * (x0 & lower), second = 0xCD9E8D57u * (x2 & lower);
            x0 = (second >> 32) ^ x1 ^ k0; x2 = (first >> 32) ^ x3 ^ k1;
            x1 = second; x3 = first;
            k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
        }
        w0[k] = (uint32_t)x0; w1[k] = (uint32_t)x1; w2[k] = (uint32_t)x2; w3[k] = (uint32_t)x3;
    }
}
