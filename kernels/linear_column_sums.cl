// Sums of the columns of a matrix, for the gradient of a bias. A work-item has a column. Sums of runs of rows are
// summed again, so that long columns lose few digits.
#include "common/types.clh"

#if !defined(INPUT_TYPE) || !defined(HAS_FORMER) || !defined(ITEMS)
#error "INPUT_TYPE, HAS_FORMER and ITEMS must be defined; ColumnSums.java sets them"
#endif
#define RUN 256

typedef struct {
  long start, row;
  int rows, columns;
} ColumnParams;

KERNEL(ITEMS)
void linear_column_sums(__global const TYPE_STORAGE(INPUT_TYPE) * input, __global float *sums, const ColumnParams p) {
  const int column = get_global_id(0);
  if (column >= p.columns) return;
  float sum = HAS_FORMER ? sums[column] : 0.0f;
  for (int first = 0; first < p.rows; first += RUN) {
    float of_run = 0.0f;
    for (int r = first; r < min(first + RUN, p.rows); r++)
      of_run += TYPE_LOAD(INPUT_TYPE)(input, p.start + r * p.row + column);
    sum += of_run;
  }
  sums[column] = sum;
}
