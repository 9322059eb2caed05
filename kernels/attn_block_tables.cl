// Makes a block mask, second: of what attn_block_search.cl found the tables that lib/common/blocks.clh describes. A
// work-item has one row of blocks, or one column.
#include "blocks/scratch.clh"
#include "common/params.clh"

// Writes for each number of a block the first from there on that is listed; returns how many are. What is found of
// neighbours is `step` apart.
INLINE int table_write(__global int *table, __global const uchar *found, long step, int blocks) {
  int listed = 0, next = 2 * blocks;
  table[blocks] = next;
  for (int block = blocks - 1; block >= 0; block--) {
    const int said = found[block * step];
    if (said & PAIRS_KEPT) {
      next = 2 * block + (said == PAIRS_KEPT ? 1 : 0);
      listed++;
    }
    table[block] = next;
  }
  return listed;
}

KERNEL(ITEMS)
void attn_block_tables(__global int *restrict block_mask, const AttnParams p, __global uchar *restrict scratch) {
  const int rows = p.block_rows, columns = p.block_columns, mask = get_group_id(1);
  const int number = (int)get_group_id(0) * ITEMS + (int)get_local_id(0);
  __global int *table = scratch_blocks(block_mask, mask, &p), *counts = scratch_counts(scratch, mask, &p);
  __global const uchar *found = scratch + scratch_found(mask, &p);
  if (number < rows) {
    counts[number] = table_write(table + (long)number * (columns + 1), found + (long)number * columns, 1, columns);
  } else if (number < rows + columns) {
    const int column = number - rows;
    counts[number] =
        table_write(table + (long)rows * (columns + 1) + (long)column * (rows + 1), found + column, columns, rows);
  }
}
