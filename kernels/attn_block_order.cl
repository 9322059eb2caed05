// Makes a block mask, third: in which order tiles of 1, 2, 4, ... blocks are worked on, by how much they list, as
// BlockOrder.java writes it. A work-item has a tile and finds its place by counting those that come before it.
#include "blocks/scratch.clh"
#include "common/params.clh"

// How many numbers all orders of these blocks have.
INLINE int order_numbers(int blocks) {
  int numbers = 0;
  for (long span = 1; span < blocks; span *= 2) numbers += (int)CEIL_DIV(blocks, span);
  return numbers;
}

// How much the blocks of a tile list.
INLINE int order_listed(__global const int *counts, int blocks, int tile, int span) {
  int listed = 0;
  const int end = (int)min((long)blocks, (tile + 1L) * span);
  for (int block = tile * span; block < end; block++) listed += counts[block];
  return listed;
}

// Writes tile number `number` of all tiles to its place in the order of those of its size.
INLINE void order_write(__global int *order, __global const int *counts, int blocks, bool rises, int number) {
  int span = 1, tile = number;
  for (; tile >= CEIL_DIV(blocks, span); span *= 2) tile -= CEIL_DIV(blocks, span);
  const int listed = order_listed(counts, blocks, tile, span), tiles = CEIL_DIV(blocks, span);
  int place = 0;
  for (int other = 0; other < tiles; other++) {
    const int of_other = order_listed(counts, blocks, other, span);
    const bool before = rises ? of_other < listed : of_other > listed;
    place += before || (of_other == listed && other < tile) ? 1 : 0;
  }
  order[number - tile + place] = tile;
}

KERNEL(ITEMS)
void attn_block_order(__global int *restrict block_mask, const AttnParams p, __global uchar *restrict scratch) {
  const int rows = p.block_rows, columns = p.block_columns, mask = get_group_id(1);
  const int number = (int)get_group_id(0) * ITEMS + (int)get_local_id(0);
  __global int *order = scratch_blocks(block_mask, mask, &p) + (long)rows * (columns + 1) + (long)columns * (rows + 1);
  __global const int *counts = scratch_counts(scratch, mask, &p);
  const int of_rows = order_numbers(rows), of_columns = order_numbers(columns);
  if (number < of_rows)
    order_write(order, counts, rows, true, number);
  else if (number < of_rows + of_columns)
    order_write(order + of_rows, counts + rows, columns, false, number - of_rows);
}
