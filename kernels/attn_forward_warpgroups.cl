// Forward attention for a matrix unit that works by itself (lib/matrix/units/wgmma.clh), for inputs of 16 bits. As
// attn_forward_matrix.cl, but in another order: while the lanes make weights of one tile's scores, the unit multiplies
// the weights and values of the tile before, and the tiles after are on their way into local memory. So there is one
// barrier a tile, and the lanes wait for the unit only for scores (after Shah et al., FlashAttention-3, 2024,
// arXiv:2407.08608, section 3.2).
#define UNROLL_PARTS \
  UNROLL  // in mask_ranges, where a loop costs ten registers (ptxas), and so one of three work-groups on a
          // multiprocessor
#define DISTANCES_ROW (GROUP_ROWS + TILE_KV)  // of a tile
#include "matrix/units/unit.clh"
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/softmax.clh"
#include "common/split.clh"
#include "common/walk.clh"
#include "matrix/matmul_warpgroups.clh"
#include "matrix/pipeline.clh"
#include "matrix/tile.clh"
#include "matrix/distances.clh"
#include "matrix/softmax.clh"
#include "matrix/result.clh"
#include "matrix/lane.clh"
#include "matrix/left_out.clh"

KERNEL(ITEMS) void attn_forward_warpgroups(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local uint4 memory[MEMORY] __attribute__((aligned(1024)));
  __local int begins[GROUP_ROWS], ends[GROUP_ROWS];  // what each query sees
  __local int4 parts[MASK_PARTS];
  __local uint4 found[2 * ITEMS / 16];  // of a tile, a byte for each work-item: whether it left values out
  MEETING_MEMORY;
  DISTANCES_MEMORY(2);
  __local float *const exchange = (__local float *)scratch;

  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Operands operands = OPERANDS;
  const Place place = group_place(&p);
  const int batch = place.batch, head = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = group_queries(&place, &operands, &p);
  const Sequence s = split_sequence(sequence_of(&operands, batch, &p), split, &p);
  const int queries = min(p.group_queries, s.queries - first);
  const Lane at = {sub, lane, batch, head, split, first, queries, s.keys - s.queries, dropout_of(&operands)};
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Rows16 query_rows = tile_rows(rows.query, rows.query_row), key_rows = tile_rows(rows.key, rows.key_row);
  const Rows16 value_rows = tile_rows(rows.value, rows.value_row);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  const float factor_of_scores = score_factor(&p);
  tile_stage(memory, 0, &query_rows, first, GROUP_ROWS, queries, HEAD_DIM);
  // The first round multiplies weights and values, too: zeros. A branch around that costs every round a product
  // (ptxas).
  for (int i = item; i < VALUE_MEMORY; i += ITEMS) memory[VALUES_AT + VALUE_MEMORY + i] = (uint4)(0);
  mask_rows(begins, ends, GROUP_ROWS, ITEMS, &operands, batch, head, first, queries, &s, &p);
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are visible
  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, GROUP_ROWS, ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, queries, &p);
  pipeline_keys(memory, &key_rows, tiles, 0, walk_begin(tiles));
  distances_keep(distances, of_head, walk_begin(tiles), &at, &p);

  // A factor that is all a score needs is multiplied in where the maximum is subtracted (matrix/softmax.clh).
  const bool is_late = SCORE_IS_PLAIN && factor_of_scores > 0.0f;
  const float late_factor = is_late ? factor_of_scores : 1.0f;
  int row_of[LANE_ROWS];
  float row_max[LANE_ROWS], row_sum[LANE_ROWS], acc[VALUE_BLOCKS * BLOCK_NUMBERS];
  uint weights[TILE_BLOCKS * ROW_WORDS];
  softmax_begin(row_of, row_max, row_sum, &operands, &at, &p);
  UNIT_UNROLL for (int i = 0; i < VALUE_BLOCKS * BLOCK_NUMBERS; i++) acc[i] = 0.0f;
  UNIT_UNROLL for (int i = 0; i < TILE_BLOCKS * ROW_WORDS; i++) weights[i] = 0;

  KeyRange left_out = {INT_MAX, 0};         // keys of the tiles whose values are not all in acc
  int now = 0, before = walk_begin(tiles);  // this round's of the two places for a tile; the last round's tile
  for (int start = before; start < walk_end(tiles); before = start, start = walk_next(tiles, start)) {
    const int other = now ^ 1;
    const bool was_masked = start > walk_begin(tiles) && walk_is_masked(tiles, every, before);
    pipeline_wait(&left_out, memory, found, other, before, was_masked);

    float score[TILE_NUMBERS];
    unit_begin(acc, VALUE_BLOCKS * BLOCK_NUMBERS, weights, TILE_BLOCKS * ROW_WORDS);
    matmul_begin_scores(score, memory, memory + KEYS_AT + now * KEY_MEMORY, sub);
    matmul_begin_values(acc, weights, memory + VALUES_AT + other * VALUE_MEMORY, scratch);
    const int next = walk_next(tiles, start);
    pipeline_keys(memory, &key_rows, tiles, other, next);
    pipeline_values(memory, &value_rows, tiles, now, start);
    distances_keep(distances + other * DISTANCES, of_head, next, &at, &p);  // the last tile's have been looked up
    unit_wait(score, TILE_NUMBERS, 1);

    softmax_scores(score, is_late, walk_is_masked(tiles, every, start), row_of, begins, ends, start, &at,
                   factor_of_scores, distances_of_lane(of_head, distances + now * DISTANCES, &at), &pairs, &p);
    float factor[LANE_ROWS];
    softmax_tile(factor, score, late_factor, row_max, row_sum, row_of, start, &at, exchange, &p);

    unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);
    result_rescale(acc, factor);
    matmul_weights(weights, score, lane, scratch);
    now = other;
  }
  const bool was_masked = walk_begin(tiles) < walk_end(tiles) && walk_is_masked(tiles, every, before);
  pipeline_wait(&left_out, memory, found, now ^ 1, before, was_masked);
  unit_begin(acc, VALUE_BLOCKS * BLOCK_NUMBERS, weights, TILE_BLOCKS * ROW_WORDS);
  matmul_begin_values(acc, weights, memory + VALUES_AT + (now ^ 1) * VALUE_MEMORY, scratch);
  unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);

  result_all(out, lse, SPLIT_PARTIAL, acc, row_max, row_sum, row_of, exchange, &left_out, &rows, &pairs, begins, ends,
             &s, &at, &p);
}
