// Layer norm and RMS norm, with x = input + residual: (x - mean) / sqrt(mean of (x - mean)^2 + epsilon) * weight +
// bias, where RMS norm (IS_CENTRED 0) takes 0 for the mean.
#include "layers/row_sum.clh"

#if !defined(IS_CENTRED)
#error "IS_CENTRED must be defined; RowLayers.java sets it"
#endif

INLINE real_t norm_input(__global const TYPE_STORAGE(INPUT_TYPE) * input,
                         __global const TYPE_STORAGE(RESIDUAL_TYPE) * residual, int row, int column, float beyond,
                         const RowParams *p) {
  const int count = p->columns - column;
  real_t x = ROW_LOAD(INPUT_TYPE)(input, p->input_start + row * p->input_row + column, count, beyond);
#if RESIDUAL_TYPE
  x += ROW_LOAD(RESIDUAL_TYPE)(residual, p->residual_start + row * p->residual_row + column, count, 0.0f);
#endif
  return x;
}

KERNEL(ITEMS)
void layer_norm(__global const TYPE_STORAGE(INPUT_TYPE) * input, __global const TYPE_STORAGE(RESIDUAL_TYPE) * residual,
                __global const TYPE_STORAGE(WEIGHT_TYPE) * weight, __global const TYPE_STORAGE(BIAS_TYPE) * bias,
                __global TYPE_STORAGE(SUM_TYPE) * sum, __global TYPE_STORAGE(OUT_TYPE) * out, const RowParams p) {
  __local float of_item[ITEMS];
  for (int row = rows_first(&p), end = rows_end(&p); row < end; row++) {
    float mean = 0.0f;
#if IS_CENTRED
    real_t total = 0.0f;
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP)
      total += norm_input(input, residual, row, column, 0.0f, &p);
    mean = row_sum(total, of_item) / p.columns;
#endif
    real_t squares = 0.0f;
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const real_t x = norm_input(input, residual, row, column, mean, &p) - mean;
      squares += x * x;
    }
    const float factor = 1.0f / sqrt(row_sum(squares, of_item) / p.columns + p.epsilon);
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const int count = p.columns - column;
      const real_t x = norm_input(input, residual, row, column, 0.0f, &p);
#if SUM_TYPE
      ROW_STORE(SUM_TYPE)(x, sum, p.sum_start + row * p.sum_row + column, count);
#endif
      real_t y = (x - mean) * factor * ROW_LOAD(WEIGHT_TYPE)(weight, column, count, 0.0f);
#if BIAS_TYPE
      y += ROW_LOAD(BIAS_TYPE)(bias, column, count, 0.0f);
#endif
      ROW_STORE(OUT_TYPE)(y, out, p.out_start + row * p.out_row + column, count);
    }
  }
}
