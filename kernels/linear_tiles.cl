// A linear layer for wide GPUs. A work-group of ITEMS_Y x ITEMS_X work-items owns TILE_ROWS rows and TILE_COLUMNS
// columns of out and goes through the depth of the sums in pieces, which its items share in local memory.
#include "layers/linear_tiles.clh"

KERNEL(ITEMS) LINEAR_LANES void linear_tiles(LINEAR_ARGUMENTS) {
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));
  const int x = (int)get_local_id(0) % ITEMS_X, y = (int)get_local_id(0) / ITEMS_X;
  const int first = get_group_id(0) * TILE_ROWS, left = get_group_id(1) * TILE_COLUMNS;
  float4 sums[ITEM_ROWS * ITEM_COLUMN_VECS], fetched[LEFT_FETCHES + RIGHT_FETCHES];
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * ITEM_COLUMN_VECS; i++) sums[i] = 0.0f;

  linear_fetch(fetched, input, weight, weight_scales, first, left, 0, &p);
  for (int start = 0; start < p.depth; start += DEPTH) {
    __local float *piece = pieces + (start / DEPTH & 1) * PIECE_SIZE;
    linear_store(piece, fetched);
    barrier(CLK_LOCAL_MEM_FENCE);  // the other piece was read before the barrier of the step before
    if (start + DEPTH < p.depth) linear_fetch(fetched, input, weight, weight_scales, first, left, start + DEPTH, &p);
    linear_product(sums, piece, y, x);
  }

  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
    const int row = first + i / 4 * (4 * ITEMS_Y) + y * 4 + i % 4;
    UNROLL_ON_GPU for (int c = 0; c < ITEM_COLUMN_VECS; c++) {
      const int column = left + c * (4 * ITEMS_X) + x * 4;
      linear_write(sums[i * ITEM_COLUMN_VECS + c], row, column, weight_scales, bias, residual, out, &p);
    }
  }
}
