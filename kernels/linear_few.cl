// A linear layer on few rows, as in text generation, for CPU devices: what takes the time is reading the weights. One
// work-item is a work-group: it has all rows, and TILE_COLUMNS columns of out. Lanes lie along the depth, so weights
// are read as vectors from where they lie, each once; LANES sums, of all rows and a few columns, become one vector.
#include "cpu/lanes.clh"
#include "layers/linear.clh"

#if !defined(ROWS) || !defined(TILE_COLUMNS)
#error "ROWS and TILE_COLUMNS must be defined; LinearFew.java sets them"
#endif
#define COLUMNS (LANES / ROWS)  // whose sums are made at a time

// LANES elements of a row, of which `left` exist.
#define FEW_LOAD(name, type)                                                                  \
  INLINE lanes_t name(__global const TYPE_STORAGE(type) * from, const long i, int left) {     \
    float some[LANES];                                                                        \
    for (int e = 0; e < LANES; e++) some[e] = e < left ? TYPE_LOAD(type)(from, i + e) : 0.0f; \
    return JOIN(vload, LANES)(0, some);                                                       \
  }
FEW_LOAD(few_input, INPUT_TYPE)
FEW_LOAD(few_weight, WEIGHT_TYPE)

INLINE long few_input_at(const int row, const LinearParams *p) {
  return p->input_start + min(row, p->rows - 1) * p->input_row;
}

INLINE long few_weight_at(const int column, const LinearParams *p) {
  return p->weight_start + min(column, p->columns - 1) * p->weight_row;
}

// Sums of ROWS rows and of COLUMNS columns from `column` on: lane j * ROWS + r has that of row r and the j-th of them.
INLINE lanes_t few_sums(__global const TYPE_STORAGE(INPUT_TYPE) * input,
                        __global const TYPE_STORAGE(WEIGHT_TYPE) * weight, const int column, const LinearParams *p) {
  __global const TYPE_STORAGE(WEIGHT_TYPE) * from[COLUMNS];
  __global const TYPE_STORAGE(INPUT_TYPE) * row[ROWS];
  lanes_t acc[LANES];
  UNROLL for (int j = 0; j < COLUMNS; j++) from[j] = weight + few_weight_at(column + j, p);
  UNROLL for (int r = 0; r < ROWS; r++) row[r] = input + few_input_at(r, p);
  UNROLL for (int i = 0; i < LANES; i++) acc[i] = 0.0f;
  const int whole = p->depth / LANES * LANES;
  for (int d = 0; d < whole; d += LANES) {
    lanes_t x[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++) x[r] = LANES_LOAD(INPUT_TYPE)(row[r], d);
    UNROLL for (int j = 0; j < COLUMNS; j++) {
      const lanes_t w = LANES_LOAD(WEIGHT_TYPE)(from[j], d);
      UNROLL for (int r = 0; r < ROWS; r++) acc[j * ROWS + r] = fma(w, x[r], acc[j * ROWS + r]);
    }
  }
  if (whole < p->depth) {
    NO_UNROLL for (int i = 0; i < LANES; i++) {
      const lanes_t w = few_weight(weight, few_weight_at(column + i / ROWS, p) + whole, p->depth - whole);
      acc[i] = fma(w, few_input(input, few_input_at(i % ROWS, p) + whole, p->depth - whole), acc[i]);
    }
  }
  return lanes_sums(acc);
}

KERNEL(1) void linear_few(LINEAR_ARGUMENTS) {
  const int left = get_group_id(1) * TILE_COLUMNS, end = min(left + TILE_COLUMNS, p.columns);
  for (int c = left; c < end; c += COLUMNS) {
    float scales[LANES], offsets[LANES], results[LANES];
    for (int i = 0; i < LANES; i++) {
      const int column = min(c + i / ROWS, p.columns - 1);
      scales[i] = linear_scale(weight_scales, column);
      offsets[i] = linear_offset(bias, column);
    }
    const lanes_t sums = few_sums(input, weight, c, &p);
    LANES_STORE(linear_finish(sums, JOIN(vload, LANES)(0, scales), JOIN(vload, LANES)(0, offsets)), results);
    for (int i = 0; i < LANES; i++) {
      const int row = i % ROWS, column = c + i / ROWS;
      if (row >= p.rows || column >= end) continue;
      float result = results[i];
#if RESIDUAL_TYPE
      result += TYPE_LOAD(RESIDUAL_TYPE)(residual, p.residual_start + row * p.residual_row + column);
#endif
      TYPE_STORE(OUT_TYPE)(result, out, p.out_start + row * p.out_row + column);
    }
  }
}
