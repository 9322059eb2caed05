// A linear layer for GPUs with matrix units, of 16-bit factors. A work-group owns TILE_ROWS rows and TILE_COLUMNS
// columns of out and goes through the depth of the sums in pieces; sums stay in the lanes' registers, in the order of
// the unit (lib/matrix/units/unit.clh).
#include "layers/linear_matrix.clh"

KERNEL(ITEMS) UNIT_SUB_GROUP void linear_matrix(LINEAR_ARGUMENTS) {
  __local uint4 memory[MEMORY];
  MEETING_MEMORY;
  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const int first = get_group_id(0) * TILE_ROWS, left = get_group_id(1) * TILE_COLUMNS;
  float sums[NUMBERS];
  UNIT_UNROLL for (int i = 0; i < NUMBERS; i++) sums[i] = 0.0f;

  linear_stage(memory, input, weight, weight_scales, first, left, 0, &p);
  for (int start = 0; start < p.depth; start += DEPTH) {
    const int place = start / DEPTH & 1, next = start + DEPTH;
    unit_copied();
    barrier(CLK_LOCAL_MEM_FENCE);  // the piece is visible, and the other has been read
    if (next < p.depth)
      linear_stage(memory + (place ^ 1) * PIECE_CHUNKS, input, weight, weight_scales, first, left, next, &p);
    linear_multiply(sums, memory + place * PIECE_CHUNKS, sub, lane, scratch);
  }

  UNIT_UNROLL for (int r = 0; r < ROW_BLOCKS; r++) {
    barrier(CLK_LOCAL_MEM_FENCE);  // what lay there has been read
    linear_leave((__local float *)memory, sums, r, sub, lane);
    barrier(CLK_LOCAL_MEM_FENCE);
    linear_store((__local const float *)memory, first + r * GROUP_ROWS, left, weight_scales, bias, residual, out, &p);
  }
}
