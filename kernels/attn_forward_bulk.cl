// Forward attention for Hopper, for inputs of 16 bits, as attn_forward_warpgroups.cl; but keys and values, which
// attn_swizzle.cl has laid out as tiles, are brought by the copy engine. With PRODUCER a warpgroup does nothing but ask
// for them, and the others, which have its registers, wait for nothing but tiles; with PING_PONG those take turns
// (lib/matrix/bulk_pipeline.clh; after Shah et al., FlashAttention-3, 2024, arXiv:2407.08608, section 3).
#define UNROLL_PARTS UNROLL  // as in attn_forward_warpgroups.cl
#define MASK_STEP 8          // rows are swizzled by eight
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
#include "matrix/bulk_pipeline.clh"
#include "matrix/tile.clh"
#include "matrix/softmax.clh"
#include "matrix/result.clh"
#include "matrix/lane.clh"
#include "matrix/left_out.clh"

KERNEL(ALL_ITEMS) void attn_forward_bulk(ATTN_ARGUMENTS SWIZZLED_ARGUMENT) {
  __local uint4 memory[MEMORY] __attribute__((aligned(1024)));
  __local ulong barriers[BARRIERS];
  __local int begins[GROUP_ROWS], ends[GROUP_ROWS];  // what each query sees
  __local int4 parts[MASK_PARTS];
  __local uint4 meeting[MEETING_CHUNKS];
  __local ushort *const scratch = (__local ushort *)meeting;
  __local float *const exchange = (__local float *)meeting;

  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Operands operands = OPERANDS;
  const Place place = group_place(&p);
  const int batch = place.batch, head = place.head, first = place.tile * p.group_queries;
  const Sequence s = sequence_of(&operands, batch, &p);
  const int queries = min(p.group_queries, s.queries - first);
  const Lane at = {sub, lane, batch, head, 0, first, queries, s.keys - s.queries, dropout_of(&operands)};
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Rows16 query_rows = tile_rows(rows.query, rows.query_row);
  const int kv_head = head / p.group_size;
  const Bulk bulk = {swizzled + swizzled_keys(batch, kv_head, &p), swizzled + swizzled_values(batch, kv_head, &p),
                     swizzled_rows(&p), memory, barriers};
  bulk_begin(&bulk, &query_rows, first, queries);
  mask_rows(begins, ends, GROUP_ROWS, ALL_ITEMS, &operands, batch, head, first, queries, &s, &p);
  bulk_begun();  // the ranges, the queries and the barriers are visible
  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, GROUP_ROWS, ALL_ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, queries, &p);
#if HAS_PRODUCER
  if (bulk_warpgroup() == WARPGROUPS) {
    bulk_produce(&bulk, tiles);
    return;
  }
  BULK_REGISTERS("inc", CONSUMER_REGISTERS);
#endif
  Stop keys_asked = stop_first(tiles), values_asked = keys_asked;
  bulk_ask_first(&bulk, &keys_asked, &values_asked, tiles);

  // A factor that is all a score needs is multiplied in where the maximum is subtracted (matrix/softmax.clh).
  const float factor_of_scores = score_factor(&p);
  const bool is_late = SCORE_IS_PLAIN && factor_of_scores > 0.0f;
  const float late_factor = is_late ? factor_of_scores : 1.0f;
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  int row_of[LANE_ROWS];
  float row_max[LANE_ROWS], row_sum[LANE_ROWS], acc[VALUE_BLOCKS * BLOCK_NUMBERS];
  uint weights[TILE_BLOCKS * ROW_WORDS];
  softmax_begin(row_of, row_max, row_sum, &operands, &at, &p);
  UNIT_UNROLL for (int i = 0; i < VALUE_BLOCKS * BLOCK_NUMBERS; i++) acc[i] = 0.0f;
  UNIT_UNROLL for (int i = 0; i < TILE_BLOCKS * ROW_WORDS; i++) weights[i] = 0;

  Stop now = stop_first(tiles), before = {now.start, STAGES - 1, 0};  // this round's tile; the last round's
  bulk_turn_begin(sub / 4);
  for (; now.start < walk_end(tiles); before = now, now = stop_next(now, tiles)) {
    const bool is_first = now.start == walk_begin(tiles);
    bulk_wait_round(&bulk, now, before, is_first);
    bulk_ask_round(&bulk, &keys_asked, &values_asked, tiles);
    float score[TILE_NUMBERS];
    bulk_products(&bulk, score, acc, weights, now, before, sub, scratch);
    unit_wait(score, TILE_NUMBERS, 1);
    bulk_free(&bulk, KEYS_FREE, now, lane);

    softmax_scores(score, is_late, walk_is_masked(tiles, every, now.start), row_of, begins, ends, now.start, &at,
                   factor_of_scores, of_head, &pairs, &p);
    float factor[LANE_ROWS];
    softmax_tile(factor, score, late_factor, row_max, row_sum, row_of, now.start, &at, exchange, &p);

    unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);
    if (!is_first) bulk_free(&bulk, VALUES_FREE, before, lane);
    result_rescale(acc, factor);
    matmul_weights(weights, score, lane, scratch);
  }
  bulk_turn_end(sub / 4);
  bulk_wait_last(&bulk, before, walk_begin(tiles) == walk_end(tiles));
  unit_begin(acc, VALUE_BLOCKS * BLOCK_NUMBERS, weights, TILE_BLOCKS * ROW_WORDS);
  matmul_begin_values(acc, weights, memory + VALUES_AT + before.stage * VALUE_MEMORY, scratch);
  unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);

  const KeyRange left_out = bulk_left_out(swizzled, batch, kv_head, any, &p);
  result_all(out, lse, SPLIT_PARTIAL, acc, row_max, row_sum, row_of, exchange, &left_out, &rows, &pairs, begins, ends,
             &s, &at, &p);
}
