// What an instruction for short numbers is worth on a processor, beside multiply-adds of floats: as many sums as hide
// the latency of either, in registers. UnitProbe.java measures how long they take. One program, for compiling takes
// longer.
#include "cpu/amx.clh"
#include "cpu/bytes.clh"
#include "cpu/words.clh"

#define SUMS 16

#if HAS_AMX
// As many products of tiles of words `a` and `b` as there are sums, a round; returns a row of them.
INLINE lanes_t rate_tiles(const int rounds, lanes_t a, lanes_t b) {
  AMX_STATE
  float left[AMX_ROWS * AMX_ROWS], right[AMX_ROWS * AMX_ROWS];
  UNROLL for (int i = 0; i < AMX_ROWS; i++) LANES_STORE(a, left + i * AMX_ROWS), LANES_STORE(b, right + i * AMX_ROWS);
  amx_begin();
  AMX_CLEAR(0);
  AMX_CLEAR(1);
  AMX_CLEAR(2);
  AMX_CLEAR(3);
  AMX_LOAD_LEFT(0, left, AMX_ROWS);
  AMX_LOAD_RIGHT(0, right, AMX_ROWS);
  NO_UNROLL for (int round = 0; round < rounds; round++) {
    NO_UNROLL for (int i = 0; i < SUMS; i += 4) {
      AMX_DOT(0, 0, 0);
      AMX_DOT(1, 0, 0);
      AMX_DOT(2, 0, 0);
      AMX_DOT(3, 0, 0);
    }
  }
  AMX_STORE_SUMS(0, left, AMX_ROWS);
  amx_end();
  return JOIN(vload, LANES)(0, left);
}
#else
INLINE lanes_t rate_dot(lanes_t sum, lanes_t a, lanes_t b) {
#if BYTE_DOT
  return AS_LANES(bytes_dot(AS_LANES_INT(sum), AS_LANES_INT(a), AS_LANES_INT(b)));
#else
  return words_dot(sum, a, b);
#endif
}
#endif

KERNEL(1)
void unit_rate(__global float *out, const int float_rounds, const int rounds, const float a, const float b) {
  lanes_t sums[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) sums[i] = (lanes_t)(a * i);
  NO_UNROLL for (int round = 0; round < float_rounds; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = fma((lanes_t)(a), (lanes_t)(b), sums[i]);
  }
#if HAS_AMX
  if (rounds > 0) sums[0] = rate_tiles(rounds, (lanes_t)(a), (lanes_t)(b));
#else
  NO_UNROLL for (int round = 0; round < rounds; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = rate_dot(sums[i], (lanes_t)(a), (lanes_t)(b));
  }
#endif
  UNROLL for (int i = 0; i < SUMS; i++) LANES_STORE(sums[i], out + i * LANES);
}
