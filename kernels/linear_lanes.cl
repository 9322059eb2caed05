// A linear layer for CPU devices. One work-item is a work-group: it owns up to TILE_ROWS rows, one a vector lane, and
// TILE_COLUMNS columns of out, and walks over the depth of the sums in tiles. Rows of a tile are packed once, and stay in
// the second-level cache; weights of a few columns at a time are brought to the first, and serve all rows there.
#include "layers/linear_lanes.clh"

KERNEL(1) void linear_lanes(LINEAR_ARGUMENTS) {
  __local lanes_t row_tile[ROW_BLOCKS * TILE_WORDS * LANE_VECTORS];
  __local lanes_t sums[ROW_BLOCKS * LANE_VECTORS * TILE_COLUMNS];  // [vector of rows][column]
  __local float stage[STAGE_WORDS];
  const int first = get_group_id(0) * TILE_ROWS, rows = min(TILE_ROWS, p.rows - first);
  const int left = get_group_id(1) * TILE_COLUMNS, columns = min(TILE_COLUMNS, p.columns - left);

  for (int start = 0; start < p.depth; start += TILE_DEPTH) {
    const int words = WORDS(min(TILE_DEPTH, p.depth - start));
    linear_pack(row_tile, input, first, rows, start, &p);
    for (int c = 0; c < columns; c += COLUMN_BLOCK) {
      linear_stage(stage, weight, weight_scales, left + c, start, &p);
      for (int b = 0; b * BLOCK_ROWS < rows; b++) {
        linear_multiply(sums + b * (LANE_VECTORS * TILE_COLUMNS) + c, row_tile + b * (TILE_WORDS * LANE_VECTORS), stage,
                        words, start == 0);
      }
    }
  }

  for (int m = 0; m < rows; m += LANES) {
    const int some = min(LANES, rows - m);
    const long to = p.out_start + (first + m) * p.out_row + left;
    const long from = p.residual_start + (first + m) * p.residual_row + left;
    for (int c = 0; c < columns; c += LANES) {
      lanes_t square[LANES];
      UNROLL for (int j = 0; j < LANES; j++) {
        const int column = min(c + j, columns - 1);
        square[j] = linear_finish(sums[m / LANES * TILE_COLUMNS + column], weight_scales, bias, left + column);
      }
      lanes_transpose(square);
      UNROLL for (int r = 0; r < LANES; r++) {
        if (r >= some) break;
        const long at = to + r * p.out_row + c;
        const int width = min(LANES, columns - c);
#if RESIDUAL_TYPE
        square[r] += LINEAR_SOME(RESIDUAL_TYPE)(residual, from + r * p.residual_row + c, width);
#endif
        if (width == LANES) {
          LANES_STORE_AS(OUT_TYPE)(square[r], out, at);
        } else {
          float some_of_row[LANES];
          LANES_STORE(square[r], some_of_row);
          for (int e = 0; e < width; e++) TYPE_STORE(OUT_TYPE)(some_of_row[e], out, at + e);
        }
      }
    }
  }
}
