// Rows of a table by their numbers, plus those of a table of positions, plus a row that is the same for all. Numbers
// out of range count as the nearest in range.
#include "layers/rows.clh"

KERNEL(ITEMS)
void layer_embed(__global const int *ids, __global const TYPE_STORAGE(WEIGHT_TYPE) * weight,
                 __global const int *position_ids, __global const TYPE_STORAGE(POSITION_TYPE) * position_weight,
                 __global const TYPE_STORAGE(BIAS_TYPE) * bias, __global TYPE_STORAGE(OUT_TYPE) * out,
                 const RowParams p) {
  for (int row = rows_first(&p), end = rows_end(&p); row < end; row++) {
    const long from = p.weight_start + row_clamped(ids[row], p.weight_rows) * p.weight_row;
#if POSITION_TYPE
    const long position = p.position_start + row_clamped(position_ids[row], p.position_rows) * p.position_row;
#endif
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const int count = p.columns - column;
      real_t x = ROW_LOAD(WEIGHT_TYPE)(weight, from + column, count, 0.0f);
#if POSITION_TYPE
      x += ROW_LOAD(POSITION_TYPE)(position_weight, position + column, count, 0.0f);
#endif
#if BIAS_TYPE
      x += ROW_LOAD(BIAS_TYPE)(bias, column, count, 0.0f);
#endif
      ROW_STORE(OUT_TYPE)(x, out, p.out_start + row * p.out_row + column, count);
    }
  }
}
