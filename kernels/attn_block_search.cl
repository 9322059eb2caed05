// Makes a block mask of a call's masks by position and its keep function: first what is seen of each block. A work-item
// has neighbouring blocks of one row; attn_block_tables.cl makes tables of what is found.
#include "blocks/scratch.clh"
#include "blocks/search.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

// Numbers of the call that kernels of attention have for their work-groups.
#define SPAN p.group_queries  // blocks of a work-item
#define BATCHES p.splits      // batch entries that one mask is for
#define HEADS p.split_keys    // and heads

KERNEL(ITEMS) void attn_block_search(ATTN_ARGUMENTS, __global uchar *restrict scratch) {
  const Operands operands = OPERANDS;
  const int columns = p.block_columns, row = get_group_id(1), mask = get_group_id(2);
  const long first = ((long)get_group_id(0) * ITEMS + (int)get_local_id(0)) * SPAN;
  const int begin = (int)min(first, (long)columns), end = (int)min(first + SPAN, (long)columns);
  __global uchar *found = scratch + scratch_found(mask, &p) + (long)row * columns;
  NO_UNROLL for (int block = begin; block < end; block++) found[block] = 0;
  const int of_heads = scratch_masks_of_heads(&p);
  NO_UNROLL for (int n = 0; n < BATCHES * HEADS; n++) {
    const int batch = mask / of_heads + n / HEADS, head = mask % of_heads + n % HEADS;
    const Sequence s = sequence_of(&operands, batch, &p);
    const BlockRow blocks = search_row(&operands, &s, batch, head, row * BLOCK_QUERIES, &p);
    if (blocks.begin < blocks.end)
      search_blocks(found, &blocks, max(begin, blocks.begin / BLOCK_KEYS), min(end, CEIL_DIV(blocks.end, BLOCK_KEYS)),
                    &p);
  }
}
