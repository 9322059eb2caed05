// One row an entry of a ragged batch: the mean of its rows or the first of them, divided by its length if that is asked
// for. A row of the output is an entry.
#include "layers/row_sum.clh"

#if !defined(IS_MEAN) || !defined(IS_NORMALIZED)
#error "IS_MEAN and IS_NORMALIZED must be defined; RowLayers.java sets them"
#endif
#define LEAST_LENGTH 1e-12f

// Of the rows from the first on; 0 if there are none.
INLINE real_t pool_mean(__global const TYPE_STORAGE(INPUT_TYPE) * input, int first, int rows, int column,
                        const RowParams *p) {
  real_t sum = 0.0f;
  for (int row = first; row < first + rows; row++)
    sum += ROW_LOAD(INPUT_TYPE)(input, p->input_start + row * p->input_row + column, p->columns - column, 0.0f);
  return sum / (float)max(rows, 1);
}

KERNEL(ITEMS)
void layer_pool(__global const TYPE_STORAGE(INPUT_TYPE) * input, __global const int *offsets,
                __global TYPE_STORAGE(OUT_TYPE) * out, const RowParams p) {
  __local float of_item[ITEMS];
  for (int entry = rows_first(&p), end = rows_end(&p); entry < end; entry++) {
    const int first = clamp(offsets[entry], 0, p.input_rows), last = clamp(offsets[entry + 1], 0, p.input_rows);
    const int rows = min(last - first, IS_MEAN ? INT_MAX : 1);
    float length = 1.0f;
#if IS_NORMALIZED
    real_t squares = 0.0f;
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const real_t x = pool_mean(input, first, rows, column, &p);
      squares += x * x;
    }
    const float root = sqrt(row_sum(squares, of_item));
    length = root < LEAST_LENGTH ? LEAST_LENGTH : root;
#endif
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const real_t x = pool_mean(input, first, rows, column, &p) / length;
      ROW_STORE(OUT_TYPE)(x, out, p.out_start + entry * p.out_row + column, p.columns - column);
    }
  }
}
