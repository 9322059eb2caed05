// The gradient of an activation, from that of its output; gated, of both halves of the input's row.
#include "layers/activation_slope.clh"
#include "layers/rows.clh"

#if !defined(IS_GATED) || !defined(ACTIVATION)
#error "IS_GATED and ACTIVATION must be defined; RowLayers.java sets them"
#endif

// The gradient of the output comes as a residual does, that of the input is what is written.
KERNEL(ITEMS)
void layer_activation_gradient(__global const TYPE_STORAGE(INPUT_TYPE) * input,
                               __global const TYPE_STORAGE(RESIDUAL_TYPE) * grad_out,
                               __global TYPE_STORAGE(OUT_TYPE) * grad_input, const RowParams p) {
  for (int row = rows_first(&p), end = rows_end(&p); row < end; row++) {
    const long from = p.input_start + row * p.input_row, to = p.out_start + row * p.out_row;
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const int count = p.columns - column;
      const real_t x = ROW_LOAD(INPUT_TYPE)(input, from + column, count, 0.0f);
      const long at = p.residual_start + row * p.residual_row + column;
      const real_t gradient = ROW_LOAD(RESIDUAL_TYPE)(grad_out, at, count, 0.0f);
      real_t slope = activation_slope(x);
#if IS_GATED
      slope *= ROW_LOAD(INPUT_TYPE)(input, from + p.columns + column, count, 0.0f);
      ROW_STORE(OUT_TYPE)(gradient * activation_of(x), grad_input, to + p.columns + column, count);
#endif
      ROW_STORE(OUT_TYPE)(gradient * slope, grad_input, to + column, count);
    }
  }
}
