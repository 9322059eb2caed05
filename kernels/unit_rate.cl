// What an instruction for short numbers is worth on a processor, beside multiply-adds of floats: as many sums as hide
// the latency of either, in registers. UnitProbe.java measures how long they take. One program, for compiling takes
// longer.
#include "cpu/bytes.clh"
#include "cpu/words.clh"

#define SUMS 16

INLINE lanes_t rate_dot(lanes_t sum, lanes_t a, lanes_t b) {
#if BYTE_DOT
  return AS_LANES(bytes_dot(AS_LANES_INT(sum), AS_LANES_INT(a), AS_LANES_INT(b)));
#else
  return words_dot(sum, a, b);
#endif
}

KERNEL(1)
void unit_rate(__global float *out, const int float_rounds, const int rounds, const float a, const float b) {
  lanes_t sums[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) sums[i] = (lanes_t)(a * i);
  NO_UNROLL for (int round = 0; round < float_rounds; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = fma((lanes_t)(a), (lanes_t)(b), sums[i]);
  }
  NO_UNROLL for (int round = 0; round < rounds; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = rate_dot(sums[i], (lanes_t)(a), (lanes_t)(b));
  }
  UNROLL for (int i = 0; i < SUMS; i++) LANES_STORE(sums[i], out + i * LANES);
}
