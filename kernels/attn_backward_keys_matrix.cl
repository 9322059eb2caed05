// Gradients of keys and values for GPUs with matrix units, for inputs of 16 bits. A work-group owns GROUP_ROWS keys of
// a key/value head and walks over the queries of all heads that read it, in tiles of TILE_KV; a sub-group has UNIT_ROWS
// of the keys. Weights and gradients of dot products stay in the registers of the lanes, in the order of the unit
// (lib/matrix/units/unit.clh): sums are f32, both are rounded to 16 bits to be multiplied. Pairs are asked what a block
// mask says in full blocks, too: to know those spilled on sm_80 (ptxas).
#define OWNS_KEYS 1
#include "backward/gradient.clh"
#include "backward/query_rows.clh"
#include "backward/scratch.clh"
#include "backward/sight.clh"
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/sequence.clh"
#include "common/walk.clh"
#include "matrix/gradient_numbers.clh"
#include "matrix/gradient_range.clh"
#include "matrix/gradient_result.clh"
#include "matrix/gradient_tile.clh"

#if GRAD_VALUE_TYPE
GRADIENT_STORE(store_value, GRAD_VALUE_TYPE, VALUE_DIM)
#endif
#if GRAD_KEY_TYPE
GRADIENT_STORE(store_key, GRAD_KEY_TYPE, HEAD_DIM)
#endif

KERNEL(ITEMS) UNIT_SUB_GROUP void attn_backward_keys_matrix(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local uint4 memory[GRADIENT_MEMORY];
  __local int strange[1];  // the last tile so far that holds an infinity or a NaN, counted from 1
  __local int begins[TILE_KV], ends[TILE_KV];
  __local float row_lse[TILE_KV], row_delta[TILE_KV];
  GRADIENT_MEETING
  __local uint4 *const key_tile = memory, *const value_tile = memory + OWN_MEMORY;
  __local uint4 *const query_tile = memory + WALKED_AT, *const grad_tile = query_tile + WALKED_MEMORY;

  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Operands operands = OPERANDS;
  const QueryRows of_queries = {begins, ends, row_lse, row_delta};
  const int batch = get_group_id(2), kv_head = get_group_id(1), first_head = kv_head * p.group_size;
  const int first = group_keys_at(get_group_id(0), get_num_groups(0), GROUP_ROWS, &operands, batch, first_head, &p);
  const Sequence s = sequence_of(&operands, batch, &p);
  const GradientRows own_rows = gradient_key_side(&operands, batch, first_head, &s, &p);
  const int keys = min(GROUP_ROWS, s.keys - first);  // that some query may see
  const Walk queries = walk_of_queries(gradient_queries(first, first + keys - 1, &s, &p), &operands, batch, first_head,
                                       p.group_size, first, keys, &p);
  const int members = walk_begin(queries) < walk_end(queries) ? p.group_size : 0;
  GradientLane at = {
      sub, lane, batch, 0, first, 0, s.queries - 1, s.keys - 1, s.keys - s.queries, dropout_of(&operands)};
  const float factor = score_factor(&p), unit = gradient_weight_unit(&p);

  gradient_stage(key_tile, &own_rows, first, GROUP_ROWS, keys);
  if (item == 0) strange[0] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the keys and values are visible
  uint key_words[HEAD_WORDS], value_words[OUT_WORDS];
  gradient_keep(key_words, key_tile, HEAD_BLOCKS, sub, lane, meeting);
  gradient_keep(value_words, value_tile, VALUE_BLOCKS, sub, lane, meeting);
  float of_keys[HEAD_BLOCKS * BLOCK_NUMBERS], of_values[VALUE_BLOCKS * BLOCK_NUMBERS];
  gradient_clear(of_keys, HEAD_BLOCKS * BLOCK_NUMBERS);
  gradient_clear(of_values, VALUE_BLOCKS * BLOCK_NUMBERS);
  int range[LANE_ROWS];
  range_begin(range);

  int start = walk_begin(queries), member = 0, count = 0;  // the head among those that read the keys; tiles so far
  while (member < members) {
    const int left = walk_left(queries, start), last = start + min(left, TILE_KV) - 1;
    at.head = first_head + member;
    at.walked = start;
    count++;
    const GradientRows walked_rows = gradient_query_side(&operands, batch, at.head, &s, &p);
    const Pairs pairs = pairs_of(&operands, batch, at.head, &p);
    const bool masked = HAS_PAIRS || left < TILE_KV || keys < GROUP_ROWS ||
                        !sight_is_whole(&operands, start, last, first, keys, &s, &p);
    barrier(CLK_LOCAL_MEM_FENCE);  // the last tile, and what is kept, has been read
    gradient_query_rows(of_queries, TILE_KV, ITEMS, &operands, scratch, batch, at.head, start, &s, &p);
    gradient_stage(query_tile, &walked_rows, start, TILE_KV, left);
    // A benign race: all work-items write the same number.
    if (masked && (gradient_is_strange(query_tile, HEAD_DIM) | gradient_is_strange(grad_tile, VALUE_DIM)))
      strange[0] = count;
    barrier(CLK_LOCAL_MEM_FENCE);  // the tile is visible
    const bool cleans = strange[0] == count;

    float weight[TILE_NUMBERS], product[TILE_NUMBERS], slopes[LANE_ROWS] = {0.0f};  // those are for who owns queries
    gradient_product(weight, key_words, key_tile, query_tile, HEAD_BLOCKS, sub, lane, meeting);
    gradient_product(product, value_words, value_tile, grad_tile, VALUE_BLOCKS, sub, lane, meeting);
    gradient_numbers(weight, product, slopes, masked, HAS_PAIRS, &at, of_queries, factor,
                     score_head(&operands, batch, at.head, &p), &pairs, &p);
    gradient_lift(weight, unit, cleans, &at, of_queries);
    gradient_sum(of_values, weight, grad_tile, VALUE_BLOCKS, cleans, lane, meeting);
    range_fit(product, of_keys, HEAD_BLOCKS, range, (__local float *)meeting);
    gradient_sum(of_keys, product, query_tile, HEAD_BLOCKS, cleans, lane, meeting);

    start = walk_next(queries, start);
    const bool is_last = start >= walk_end(queries);
    member += is_last ? 1 : 0;
    start = is_last ? walk_begin(queries) : start;
  }

  const int own = first + sub * UNIT_ROWS, existing = gradient_keys(&operands, batch, &p);
#if GRAD_VALUE_TYPE
  const long value_at = params_at(&p.grad_value, batch, kv_head, s.key_row);
  store_value(grad_value, value_at, p.grad_value.row, of_values, 1.0f / unit, p.accumulates, own, existing, lane);
#endif
#if GRAD_KEY_TYPE
  range_end(of_keys, HEAD_BLOCKS, range);
  const long key_at = params_at(&p.grad_key, batch, kv_head, s.key_row);
  store_key(grad_key, key_at, p.grad_key.row, of_keys, p.scale, p.accumulates, own, existing, lane);
#endif
}
