// Forward attention for a matrix unit that works by itself (lib/unit_wgmma.clh), for inputs of 16 bits. As attn_forward_matrix.cl,
// but in another order: while the lanes make weights of one tile's scores, the unit multiplies the weights and values of the tile
// before, and the tiles after are on their way into local memory. So there is one barrier a tile, and nobody waits for the unit
// but for scores (after Shah et al., FlashAttention-3, 2024, arXiv:2407.08608, section 3.2).
#define UNROLL_PARTS \
  UNROLL  // in mask_ranges, where a loop costs ten registers (ptxas), and so one of three work-groups on a multiprocessor
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
#include "matrix/tile.clh"
#include "matrix/softmax.clh"
#include "matrix/result.clh"
#include "matrix/left_out.clh"

// Keys, and values, from `start` on into one of the places for a tile; none at the end.
#define STAGE_KEYS(place, start) \
  if ((start) < walk_end(tiles)) \
  tile_stage(memory + KEYS_AT + (place)*KEY_MEMORY, 0, &key_rows, start, TILE_KV, walk_left(tiles, start), HEAD_DIM)
#define STAGE_VALUES(place, start) \
  tile_stage_values(memory + VALUES_AT + (place)*VALUE_MEMORY, &value_rows, start, walk_left(tiles, start), false)

// What is to be done about a tile's values when the work-item's copies are there.
#define CLEAN_VALUES(place, masked) \
  if (masked)                       \
  ((__local uchar *)found)[(place)*ITEMS + item] = tile_clean_values(memory + VALUES_AT + (place)*VALUE_MEMORY, false)

KERNEL(ITEMS) void attn_forward_warpgroups(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local uint4 memory[MEMORY] __attribute__((aligned(1024)));
  __local int begins[GROUP_ROWS], ends[GROUP_ROWS];  // what each query sees
  __local int4 parts[MASK_PARTS];
  __local uint4 found[2 * ITEMS / 16];  // of a tile, a byte for each work-item: whether it left values out
#if EMULATED
  __local uint4 meeting[SCRATCH / 8];
  __local ushort *const scratch = (__local ushort *)meeting;
#else
  __local ushort *const scratch = 0;
#endif
  __local float *const exchange = (__local float *)scratch;

  const Operands operands = OPERANDS;
  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Place place = group_place(&p);
  const int batch = get_group_id(2), head = place.head;
  const int split = SPLIT_NUMBER(place.tile, &p), first = SPLIT_QUERIES(place.tile, &p) * p.group_queries;
  const Sequence s = split_sequence(sequence_of(&operands, batch, &p), split, &p);
  const int queries = min(p.group_queries, s.queries - first);
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Rows16 query_rows = tile_rows(rows.query, rows.query_row), key_rows = tile_rows(rows.key, rows.key_row);
  const Rows16 value_rows = tile_rows(rows.value, rows.value_row);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const float slope = score_slope(&operands, batch, head, &p), factor_of_scores = score_factor(&p);

  tile_stage(memory, 0, &query_rows, first, GROUP_ROWS, queries, HEAD_DIM);
  // The first round multiplies weights and values, too: zeros. With a branch around that, ptxas adds an empty product to every round.
  for (int i = item; i < VALUE_MEMORY; i += ITEMS) memory[VALUES_AT + VALUE_MEMORY + i] = (uint4)(0);
  mask_rows(begins, ends, GROUP_ROWS, ITEMS, &operands, batch, head, first, queries, &s, &p);
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are there
  KeyRange tiles, every;
  mask_ranges(&tiles, &every, begins, ends, GROUP_ROWS, ITEMS, parts);
  STAGE_KEYS(0, walk_begin(tiles));

  const bool is_late = SCORE_IS_PLAIN && factor_of_scores > 0.0f;
  const float late_factor = is_late ? factor_of_scores : 1.0f;
  int row_of[LANE_ROWS];
  float row_max[LANE_ROWS], row_sum[LANE_ROWS];
  float acc[VALUE_BLOCKS * BLOCK_NUMBERS];
  uint weights[TILE_BLOCKS * ROW_WORDS];
  UNROLL for (int r = 0; r < LANE_ROWS; r++) {
    row_of[r] = sub * UNIT_ROWS + unit_row(lane, r);
    softmax_start(&row_max[r], &row_sum[r], split == 0 && PARAMS_HAVE(&p, SINK) ? sink[head] * LOG4_E : -INFINITY);
    if (unit_element(lane, 0) > 0) row_sum[r] = 0.0f;  // the lanes' sums are added at the end
  }
  UNIT_UNROLL for (int i = 0; i < VALUE_BLOCKS * BLOCK_NUMBERS; i++) acc[i] = 0.0f;
  UNIT_UNROLL for (int i = 0; i < TILE_BLOCKS * ROW_WORDS; i++) weights[i] = 0;

  KeyRange left_out = {INT_MAX, 0};  // keys of the tiles whose values are not all in acc
  int now = 0;                       // of the two places for a tile, this round's
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const int other = now ^ 1;
    const int before = walk_before(tiles, start);
    const bool was_masked = start > walk_begin(tiles) && walk_is_masked(every, before);
    unit_copied();
    CLEAN_VALUES(other, was_masked);
    unit_written();
    barrier(
        CLK_LOCAL_MEM_FENCE);  // the keys, and the values before them, are there, and nobody still reads what they replace
    left_out_note(&left_out, found + other * (ITEMS / 16), before, was_masked);

    float score[TILE_NUMBERS], tile_max[LANE_ROWS];
    unit_begin(acc, VALUE_BLOCKS * BLOCK_NUMBERS, weights, TILE_BLOCKS * ROW_WORDS);
    matmul_begin_scores(score, memory, memory + KEYS_AT + now * KEY_MEMORY, sub);
    matmul_begin_values(acc, weights, memory + VALUES_AT + other * VALUE_MEMORY, scratch);
    STAGE_KEYS(other, walk_next(tiles, start));
    STAGE_VALUES(now, start);
    unit_wait(score, TILE_NUMBERS, 1);

#if SCORE_IS_PLAIN
    if (!is_late) softmax_multiply(score, factor_of_scores);
#else
    softmax_terms(score, row_of, begins, ends, start, lane, factor_of_scores, slope, &s, &pairs, batch, head, first,
                  queries, &p);
#endif
    if (walk_is_masked(every, start) && !HAS_PAIRS) softmax_hide(score, row_of, begins, ends, start, lane);
    softmax_largest(tile_max, score, exchange);
    float factor[LANE_ROWS];
    UNROLL for (int r = 0; r < LANE_ROWS; r++) factor[r] =
        softmax_rescale(&row_max[r], &row_sum[r], tile_max[r] * late_factor);
    softmax_weights(score, late_factor, row_max, row_sum, row_of, start, lane, &s, batch, head, first);

    unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);
    UNIT_UNROLL for (int i = 0; i < VALUE_BLOCKS * BLOCK_NUMBERS; i++) acc[i] *= factor[i / LANE_ELEMENTS % LANE_ROWS];
    UNIT_UNROLL for (int b = 0; b < TILE_BLOCKS; b++) unit_weights(weights + b * ROW_WORDS, score + b * BLOCK_NUMBERS);
    now = other;
  }
  const int last = now ^ 1, last_start = walk_last(tiles);
  const bool was_masked = walk_begin(tiles) < walk_end(tiles) && walk_is_masked(every, last_start);
  unit_copied();
  CLEAN_VALUES(last, was_masked);
  unit_written();
  barrier(CLK_LOCAL_MEM_FENCE);  // the last values are there
  left_out_note(&left_out, found + last * (ITEMS / 16), last_start, was_masked);
  unit_begin(acc, VALUE_BLOCKS * BLOCK_NUMBERS, weights, TILE_BLOCKS * ROW_WORDS);
  matmul_begin_values(acc, weights, memory + VALUES_AT + last * VALUE_MEMORY, scratch);
  unit_wait(acc, VALUE_BLOCKS * BLOCK_NUMBERS, 0);

#if IS_SPLIT
  __global float *shares = partial + split_partial(batch, head, first, split, &p);
  result_share(shares, acc, row_max, row_sum, row_of, queries, lane, exchange, &p);
  left_out_add(shares + PARTIAL_OUT, 0, p.splits * PARTIAL_SIZE, &rows, &pairs, begins, ends, first, queries, sub, lane,
               left_out.begin, left_out.end, &p);
#else
  const long out_at = params_at(&p.out, batch, head, s.query_row + first);
  const long lse_at = params_at(&p.lse, batch, head, s.query_row + first);
  result_write(out, out_at, lse, lse_at, acc, row_max, row_sum, row_of, queries, lane, exchange, &p);
  left_out_add(out, out_at, p.out.row, &rows, &pairs, begins, ends, first, queries, sub, lane, left_out.begin,
               left_out.end, &p);
#endif
}
