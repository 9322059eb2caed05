// Gradients of queries, and what they add to those of ALiBi's slopes, for GPUs with matrix units, for inputs of 16
// bits. A work-group owns GROUP_ROWS queries of one head and walks over the keys in tiles of TILE_KV, as
// attn_backward_keys_matrix.cl does it the other way round.
#define OWNS_KEYS 0
#include "backward/query_rows.clh"
#include "backward/scratch.clh"
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/sequence.clh"
#include "common/shuffle.clh"
#include "common/walk.clh"
#include "matrix/gradient_numbers.clh"
#include "matrix/gradient_range.clh"
#include "matrix/gradient_result.clh"
#include "matrix/gradient_tile.clh"

#if GRAD_QUERY_TYPE
GRADIENT_STORE(store_query, GRAD_QUERY_TYPE, HEAD_DIM)
#endif

KERNEL(ITEMS) UNIT_SUB_GROUP void attn_backward_queries_matrix(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local uint4 memory[GRADIENT_MEMORY];
  __local int strange[1];  // the last tile so far that holds an infinity or a NaN, counted from 1
  __local int begins[GROUP_ROWS], ends[GROUP_ROWS];
  __local float row_lse[GROUP_ROWS], row_delta[GROUP_ROWS];
  __local int4 parts[MASK_PARTS];
  GRADIENT_MEETING
  __local uint4 *const query_tile = memory, *const grad_tile = memory + OWN_MEMORY;
  __local uint4 *const key_tile = memory + WALKED_AT, *const value_tile = key_tile + WALKED_MEMORY;

  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Operands operands = OPERANDS;
  const QueryRows of_queries = {begins, ends, row_lse, row_delta};
  // Under a causal mask the last queries have the most keys, so they come first.
  const int groups = get_num_groups(0), group = groups - 1 - (int)get_group_id(0);
  const int batch = get_group_id(2), head = get_group_id(1);
  const int first = group_queries_at(group, groups, GROUP_ROWS, &operands, batch, head, &p);
  const Sequence s = sequence_of(&operands, batch, &p);
  const GradientRows own_rows = gradient_query_side(&operands, batch, head, &s, &p);
  const GradientRows walked_rows = gradient_key_side(&operands, batch, head, &s, &p);
  const int queries = min(GROUP_ROWS, s.queries - first);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  GradientLane at = {
      sub, lane, batch, head, first, 0, s.queries - 1, s.keys - 1, s.keys - s.queries, dropout_of(&operands)};
  const float factor = score_factor(&p);

  gradient_query_rows(of_queries, GROUP_ROWS, ITEMS, &operands, scratch, batch, head, first, &s, &p);
  gradient_stage(query_tile, &own_rows, first, GROUP_ROWS, queries);
  if (item == 0) strange[0] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges and the rows are visible
  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, GROUP_ROWS, ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, queries, &p);
  uint query_words[HEAD_WORDS], grad_words[OUT_WORDS];
  gradient_keep(query_words, query_tile, HEAD_BLOCKS, sub, lane, meeting);
  gradient_keep(grad_words, grad_tile, VALUE_BLOCKS, sub, lane, meeting);
  float of_query[HEAD_BLOCKS * BLOCK_NUMBERS], slopes[LANE_ROWS];
  gradient_clear(of_query, HEAD_BLOCKS * BLOCK_NUMBERS);
  UNROLL for (int r = 0; r < LANE_ROWS; r++) slopes[r] = 0.0f;
  int range[LANE_ROWS];
  range_begin(range);

  int count = 0;  // of tiles so far
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const bool asks = walk_asks(tiles, start), masked = asks || walk_is_cut(every, start);
    at.walked = start;
    count++;
    barrier(CLK_LOCAL_MEM_FENCE);  // the last tile, and what is kept, has been read
    gradient_stage(key_tile, &walked_rows, start, TILE_KV, walk_left(tiles, start));
    // A benign race: all work-items write the same number.
    if (masked && gradient_is_strange(key_tile, HEAD_DIM)) strange[0] = count;
    barrier(CLK_LOCAL_MEM_FENCE);  // the tile is visible

    float weight[TILE_NUMBERS], product[TILE_NUMBERS];
    gradient_product(weight, query_words, query_tile, key_tile, HEAD_BLOCKS, sub, lane, meeting);
    gradient_product(product, grad_words, grad_tile, value_tile, VALUE_BLOCKS, sub, lane, meeting);
    gradient_numbers(weight, product, slopes, masked, asks, &at, of_queries, factor, of_head, &pairs, &p);
    range_fit(product, of_query, HEAD_BLOCKS, range, (__local float *)meeting);
    gradient_sum(of_query, product, key_tile, HEAD_BLOCKS, strange[0] == count, lane, meeting);
  }

  const int own = first + sub * UNIT_ROWS;
#if HAS_ALIBI
  for (int mask = FIRST_MASK; mask <= LAST_MASK; mask *= 2) {
    for (int r = 0; r < LANE_ROWS; r++) slopes[r] += shuffle_xor(slopes[r], mask, (__local float *)meeting);
  }
  UNROLL for (int r = 0; r < LANE_ROWS; r++) {
    const int query = own + unit_row(lane, r);
    if (query < s.queries && unit_element(lane, 0) == 0 && PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES))
      scratch[scratch_slopes(&p) + scratch_row(batch, head, query, &p)] = slopes[r];
  }
#endif
#if GRAD_QUERY_TYPE
  range_end(of_query, HEAD_BLOCKS, range);
  const long query_at = params_at(&p.grad_query, batch, head, s.query_row);
  store_query(grad_query, query_at, p.grad_query.row, of_query, p.scale, p.accumulates, own, s.queries, lane);
#endif
}
