// What an instruction for short numbers is worth on a processor, beside multiply-adds of floats: as many sums as hide
// the latency of either, in registers. UnitProbe.java measures how long they take. One program, for compiling takes
// longer.
#include "cpu/amx.clh"
#include "cpu/amx_bytes.clh"
#include "cpu/bytes.clh"
#include "cpu/words.clh"

#define SUMS 16

#if HAS_AMX || HAS_BYTE_TILES
// As many products of tiles of words `a` and `b` as there are sums, a round; returns a row of them.
#if HAS_BYTE_TILES
#define RATE_STATE AMX_BYTES_STATE
#define RATE_CLEAR AMX_BYTES_CLEAR
#define RATE_DOT AMX_BYTES_DOT
#define RATE_LOAD(side, from) JOIN(AMX_BYTES_, side)(0, (const lanes_int *)(from))
#define RATE_STORE(to) AMX_BYTES_STORE(0, (lanes_int *)(to))
#define RATE_BEGIN amx_bytes_begin
#define RATE_END amx_bytes_end
#else
#define RATE_STATE AMX_STATE
#define RATE_CLEAR AMX_CLEAR
#define RATE_DOT AMX_DOT
#define RATE_LOAD(side, from) JOIN(AMX_LOAD_, side)(0, (const float *)(from), AMX_ROWS)
#define RATE_STORE(to) AMX_STORE_SUMS(0, (float *)(to), AMX_ROWS)
#define RATE_BEGIN amx_begin
#define RATE_END amx_end
#endif
INLINE lanes_t rate_tiles(const int rounds, lanes_t a, lanes_t b) {
  RATE_STATE
  lanes_t left[AMX_ROWS], right[AMX_ROWS];
  UNROLL for (int i = 0; i < AMX_ROWS; i++) left[i] = a, right[i] = b;
  RATE_BEGIN();
  RATE_CLEAR(0);
  RATE_CLEAR(1);
  RATE_CLEAR(2);
  RATE_CLEAR(3);
  RATE_LOAD(LEFT, left);
  RATE_LOAD(RIGHT, right);
  NO_UNROLL for (int round = 0; round < rounds; round++) {
    NO_UNROLL for (int i = 0; i < SUMS; i += 4) {
      RATE_DOT(0, 0, 0);
      RATE_DOT(1, 0, 0);
      RATE_DOT(2, 0, 0);
      RATE_DOT(3, 0, 0);
    }
  }
  RATE_STORE(left);
  RATE_END();
  return left[0];
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
#if HAS_AMX || HAS_BYTE_TILES
  if (rounds > 0) sums[0] = rate_tiles(rounds, (lanes_t)(a), (lanes_t)(b));
#else
  NO_UNROLL for (int round = 0; round < rounds; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = rate_dot(sums[i], (lanes_t)(a), (lanes_t)(b));
  }
#endif
  UNROLL for (int i = 0; i < SUMS; i++) LANES_STORE(sums[i], out + i * LANES);
}
