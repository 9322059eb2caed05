// A linear layer for CPU devices. One work-item is a work-group: it owns up to TILE_ROWS rows, one a vector lane, and
// TILE_COLUMNS columns of out, and walks over the depth of the sums in tiles. Rows of a tile are packed once, and stay
// in the second-level cache; weights of a few columns at a time are brought to the first, and serve all rows there.
#include "layers/linear_lanes.clh"

KERNEL(1) void linear_lanes(LINEAR_ARGUMENTS) {
  __local lanes_t row_tile[ROW_BLOCKS * TILE_WORDS * LANE_VECTORS];
  __local lanes_t sums[ROW_BLOCKS * LANE_VECTORS * TILE_COLUMNS];  // [vector of rows][column]
  __local float stage[STAGE_WORDS];
  const int first = get_group_id(0) * TILE_ROWS, rows = min(TILE_ROWS, p.rows - first);
  const int left = get_group_id(1) * TILE_COLUMNS, columns = min(TILE_COLUMNS, p.columns - left);

  const int blocks = CEIL_DIV(rows, BLOCK_ROWS);

  for (int start = 0; start < p.depth; start += TILE_DEPTH) {
    const int words = WORDS(min(TILE_DEPTH, p.depth - start));
    linear_pack(row_tile, input, first, rows, start, &p);
    for (int c = 0; c < columns; c += COLUMN_BLOCK) {
      linear_stage(stage, weight, weight_scales, left + c, start, &p);
      const bool is_last = c + COLUMN_BLOCK >= columns;
      __global const TYPE_STORAGE(WEIGHT_TYPE) *next =
          weight + linear_weight_at(left + (is_last ? 0 : c + COLUMN_BLOCK), is_last ? start + TILE_DEPTH : start, &p);
      for (int b = 0; b < blocks; b++) {
        linear_multiply(sums + b * (LANE_VECTORS * TILE_COLUMNS) + c, row_tile + b * (TILE_WORDS * LANE_VECTORS), stage,
                        words, start == 0, next, b, blocks, &p);
      }
    }
  }

  for (int m = 0; m < rows; m += LANES) {
    linear_store(sums + m / LANES * TILE_COLUMNS, first + m, left, columns, weight_scales, bias, residual, out, &p);
  }
}
