// A rotary position embedding of its own. A work-item writes the elements of one pair, or one element that is not
// rotated, so that source and target may be the same tensor. Global id 0 runs over those, 1 over rows, 2 over batch and
// heads.
#include "common/types.clh"

#if !defined(HEAD_DIM) || !defined(QUERY_TYPE) || !defined(ROTARY_DIM) || !defined(IS_INTERLEAVED)
#error "HEAD_DIM, QUERY_TYPE, ROTARY_DIM and IS_INTERLEAVED must be defined; KernelOptions.java sets them"
#endif

__kernel void attn_rotate(__global const TYPE_STORAGE(QUERY_TYPE) * source, __global const float *cosines,
                          __global const float *sines, __global const int *positions,
                          __global TYPE_STORAGE(QUERY_TYPE) * target, const int heads, const int table_rows,
                          const int has_positions, const int position_batch) {
  const int unit = get_global_id(0), row = get_global_id(1), head = get_global_id(2);
  const long at = ((long)head * get_global_size(1) + row) * HEAD_DIM;
  if (unit >= ROTARY_DIM / 2) {
    const int d = unit + ROTARY_DIM / 2;
    TYPE_STORE(QUERY_TYPE)(TYPE_LOAD(QUERY_TYPE)(source, at + d), target, at + d);
    return;
  }
  const int position = has_positions ? positions[(long)(head / heads) * position_batch + row] : row;
  const long angle = (long)clamp(position, 0, table_rows - 1) * (ROTARY_DIM / 2) + unit;
  const int first = IS_INTERLEAVED ? 2 * unit : unit, second = IS_INTERLEAVED ? first + 1 : unit + ROTARY_DIM / 2;
  const float x = TYPE_LOAD(QUERY_TYPE)(source, at + first), y = TYPE_LOAD(QUERY_TYPE)(source, at + second);
  TYPE_STORE(QUERY_TYPE)(x * cosines[angle] - y * sines[angle], target, at + first);
  TYPE_STORE(QUERY_TYPE)(x * sines[angle] + y * cosines[angle], target, at + second);
}
