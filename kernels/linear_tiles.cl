// A linear layer for wide GPUs: a work-group brings tiles of rows and of weights to local memory, as floats and depth
// by depth, and each work-item owns ITEM_ROWS x ITEM_COLUMNS sums in registers. Rows and columns of an item lie ITEMS_Y
// and ITEMS_X apart, so that neighbours read and write neighbours.
#include "layers/linear.clh"

#if !defined(ITEMS_X) || !defined(ITEMS_Y) || !defined(ITEM_ROWS) || !defined(ITEM_COLUMNS) || !defined(TILE_DEPTH)
#error "ITEMS_X, ITEMS_Y, ITEM_ROWS, ITEM_COLUMNS and TILE_DEPTH must be defined; LinearTileConfig.java sets them"
#endif
#define ITEMS (ITEMS_X * ITEMS_Y)
#if SUB_GROUP_LANES > 0  // how many Intel's compiler is to make a sub-group
#define LINEAR_LANES __attribute__((intel_reqd_sub_group_size(SUB_GROUP_LANES)))
#else
#define LINEAR_LANES
#endif
#define TILE_ROWS (ITEMS_Y * ITEM_ROWS)
#define TILE_COLUMNS (ITEMS_X * ITEM_COLUMNS)
#define ROW_STRIDE (TILE_ROWS + 1)  // odd, so that what one step of a load writes lies in different banks
#define COLUMN_STRIDE (TILE_COLUMNS + 1)

// Lines first to first + `lines` of a matrix, of which `count` exist, from `start` on in depth: tile[step][line], with
// 0 for what does not exist. Neighbouring items load neighbours, which are steps of a line, or if it is turned, lines.
#define TILE_LOADER(name, type, lines, stride, is_turned, scale)                                                   \
  INLINE void name(__local float *tile, __global const TYPE_STORAGE(type) * from, __global const float *scales,    \
                   const long begin, const long row, const int first, const int count, const int start,            \
                   const int depth, const int item) {                                                              \
    UNROLL_ON_GPU for (int i = 0; i < CEIL_DIV((lines)*TILE_DEPTH, ITEMS); i++) {                                  \
      const int e = item + i * ITEMS;                                                                              \
      if ((lines)*TILE_DEPTH % ITEMS && e >= (lines)*TILE_DEPTH) break;                                            \
      const int along = (is_turned) ? (lines) : TILE_DEPTH, over = e / along, rest = e - over * along;             \
      const int line = (is_turned) ? rest : over, step = (is_turned) ? over : rest;                                \
      const bool exists = first + line < count && start + step < depth;                                            \
      const long at =                                                                                              \
          (is_turned) ? begin + (start + step) * row + first + line : begin + (first + line) * row + start + step; \
      tile[step * (stride) + line] = exists ? TYPE_LOAD(type)(from, at) * (scale) : 0.0f;                          \
    }                                                                                                              \
  }
TILE_LOADER(load_rows, INPUT_TYPE, TILE_ROWS, ROW_STRIDE, IS_INPUT_TURNED, 1.0f)
#if HAS_DEPTH_SCALES
TILE_LOADER(load_columns, WEIGHT_TYPE, TILE_COLUMNS, COLUMN_STRIDE, IS_WEIGHT_TURNED, scales[start + step])
#else
TILE_LOADER(load_columns, WEIGHT_TYPE, TILE_COLUMNS, COLUMN_STRIDE, IS_WEIGHT_TURNED, 1.0f)
#endif

KERNEL(ITEMS) LINEAR_LANES void linear_tiles(LINEAR_ARGUMENTS) {
  __local float row_tile[TILE_DEPTH * ROW_STRIDE], column_tile[TILE_DEPTH * COLUMN_STRIDE];
  const int item = get_local_id(0), y = item / ITEMS_X, x = item - y * ITEMS_X;
  const int first = get_group_id(0) * TILE_ROWS, left = get_group_id(1) * TILE_COLUMNS;
  float sums[ITEM_ROWS * ITEM_COLUMNS];
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * ITEM_COLUMNS; i++) sums[i] = 0.0f;

  for (int start = 0; start < p.depth; start += TILE_DEPTH) {
    barrier(CLK_LOCAL_MEM_FENCE);  // the tiles before have been read
    load_rows(row_tile, input, weight_scales, p.input_start, p.input_row, first, p.rows, start, p.depth, item);
    load_columns(column_tile, weight, weight_scales, p.weight_start, p.weight_row, left, p.columns, start, p.depth,
                 item);
    barrier(CLK_LOCAL_MEM_FENCE);
    UNROLL_ON_GPU for (int d = 0; d < TILE_DEPTH; d++) {
      float a[ITEM_ROWS], b[ITEM_COLUMNS];
      UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) a[i] = row_tile[d * ROW_STRIDE + y + i * ITEMS_Y];
      UNROLL_ON_GPU for (int j = 0; j < ITEM_COLUMNS; j++) b[j] = column_tile[d * COLUMN_STRIDE + x + j * ITEMS_X];
      UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
        UNROLL_ON_GPU for (int j = 0; j < ITEM_COLUMNS; j++) sums[i * ITEM_COLUMNS + j] =
            fma(a[i], b[j], sums[i * ITEM_COLUMNS + j]);
      }
    }
  }

  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
    const int row = first + y + i * ITEMS_Y;
    UNROLL_ON_GPU for (int j = 0; j < ITEM_COLUMNS; j++) {
      const int column = left + x + j * ITEMS_X;
      if (row >= p.rows || column >= p.columns) continue;
      float result =
          linear_finish(sums[i * ITEM_COLUMNS + j], linear_scale(weight_scales, column), linear_offset(bias, column));
#if RESIDUAL_TYPE
      result += TYPE_LOAD(RESIDUAL_TYPE)(residual, p.residual_start + row * p.residual_row + column);
#endif
      TYPE_STORE(OUT_TYPE)(result, out, p.out_start + row * p.out_row + column);
    }
  }
}
