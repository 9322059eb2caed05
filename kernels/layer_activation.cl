// An activation of each element; gated, times the element as far on in the second half of the input's row.
#include "layers/activation.clh"
#include "layers/rows.clh"

#if !defined(IS_GATED) || !defined(ACTIVATION)
#error "IS_GATED and ACTIVATION must be defined; RowLayers.java sets them"
#endif

KERNEL(ITEMS)
void layer_activation(__global const TYPE_STORAGE(INPUT_TYPE) * input, __global TYPE_STORAGE(OUT_TYPE) * out,
                      const RowParams p) {
  for (int row = rows_first(&p), end = rows_end(&p); row < end; row++) {
    const long from = p.input_start + row * p.input_row, to = p.out_start + row * p.out_row;
    for (int column = FIRST_COLUMN; column < p.columns; column += COLUMN_STEP) {
      const int count = p.columns - column;
      real_t x = activation_of(ROW_LOAD(INPUT_TYPE)(input, from + column, count, 0.0f));
#if IS_GATED
      x *= ROW_LOAD(INPUT_TYPE)(input, from + p.columns + column, count, 0.0f);
#endif
      ROW_STORE(OUT_TYPE)(x, out, to + column, count);
    }
  }
}
