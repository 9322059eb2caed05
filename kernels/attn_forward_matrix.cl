// Forward attention for GPUs with matrix units, for inputs of 16 bits. A sub-group owns UNIT_ROWS queries; the
// sub-groups of a work-group share tiles of TILE_KV keys and values in local memory. Scores, weights and outputs stay
// in the registers of the lanes, in the order of the unit (lib/matrix/units/unit.clh): sums are f32, weights are
// rounded to 16 bits to be multiplied.
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
#include "matrix/matmul.clh"
#include "matrix/matmul_warpgroups.clh"
#include "matrix/tile.clh"
#include "matrix/sources.clh"
#include "matrix/distances.clh"
#include "matrix/softmax.clh"
#include "matrix/result.clh"
#include "matrix/lane.clh"
#include "matrix/left_out.clh"

KERNEL(ITEMS) UNIT_SUB_GROUP void attn_forward_matrix(ATTN_ARGUMENTS SPLIT_ARGUMENT PIECES_ARGUMENT) {
  __local uint4 memory[MEMORY] __attribute__((aligned(MEMORY_ALIGNMENT)));  // queries once or always, keys, values
  __local int begins[GROUP_ROWS], ends[GROUP_ROWS];                         // what each query sees
  __local int4 parts[MASK_PARTS];
  __local uint4 found[ITEMS / 16];  // a byte for each work-item: whether it left values out of the tile
  MEETING_MEMORY;
  DISTANCES_MEMORY(1);
  __local float *const exchange = (__local float *)scratch;
  __local uint4 *const key_tile = memory + KEYS_AT, *const value_tile = memory + VALUES_AT;

  const int item = get_local_id(0), sub = item / UNIT_LANES, lane = item - sub * UNIT_LANES;
  const Operands operands = OPERANDS;
  const Place place = group_place(&p);
  const int batch = place.batch, head = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = group_queries(&place, &operands, &p);
  const Sequence s = split_sequence(sequence_of(&operands, batch, &p), split, &p);
  const int queries = min(p.group_queries, s.queries - first);
  const Lane at = {sub, lane, batch, head, split, first, queries, s.keys - s.queries, dropout_of(&operands)};
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Rows16 query_rows = source_queries(PIECES_GIVEN, &rows, batch, head, &p);
  const Rows16 key_rows = source_keys(PIECES_GIVEN, &rows, batch, head, &p);
  const Rows16 value_rows = source_values(PIECES_GIVEN, &rows, batch, head, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = distances_of_lane(score_head(&operands, batch, head, &p), distances, &at);
  const float factor_of_scores = score_factor(&p);

  mask_rows(begins, ends, GROUP_ROWS, ITEMS, &operands, batch, head, first, queries, &s, &p);
  tile_stage(memory, KEY_STRIDE, &query_rows, first, GROUP_ROWS, queries, HEAD_COLUMNS);
  unit_copied();
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges and the queries are visible

  uint query_words[QUERY_WORDS];
  matmul_load_queries(query_words, memory, sub, lane, scratch);
  // A factor that is all a score needs is multiplied in where the maximum is subtracted (matrix/softmax.clh).
  const bool is_late = SCORE_IS_PLAIN && factor_of_scores > 0.0f;
  const float late_factor = is_late ? factor_of_scores : 1.0f;
  int row_of[LANE_ROWS];
  float row_max[LANE_ROWS], row_sum[LANE_ROWS];
  float acc[VALUE_BLOCKS * BLOCK_NUMBERS];
  softmax_begin(row_of, row_max, row_sum, &operands, &at, &p);
  UNIT_UNROLL for (int i = 0; i < VALUE_BLOCKS * BLOCK_NUMBERS; i++) acc[i] = 0.0f;

  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, GROUP_ROWS, ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, queries, &p);
  KeyRange left_out = {INT_MAX, 0};  // keys of the tiles whose values are not all in acc
  barrier(CLK_LOCAL_MEM_FENCE);      // the queries have been read where the keys go
  tile_stage(key_tile, KEY_STRIDE, &key_rows, walk_begin(tiles), TILE_KV, walk_left(tiles, walk_begin(tiles)),
             HEAD_COLUMNS);
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const bool masked = walk_is_masked(tiles, every, start);
    distances_keep(distances, of_head, start, &at, &p);  // those of the last tile have been looked up
    unit_copied();
    unit_written();
    barrier(CLK_LOCAL_MEM_FENCE);  // keys and distances are visible, the last tile's values have been read
    const bool some_left_out = tile_stage_values(value_tile, &value_rows, start, walk_left(tiles, start), masked);

    float score[TILE_NUMBERS];
    matmul_tile_scores(score, query_words, memory, key_tile, sub, lane, scratch);
    softmax_scores(score, is_late, masked, row_of, begins, ends, start, &at, factor_of_scores, of_head, &pairs, &p);
    float factor[LANE_ROWS];
    softmax_tile(factor, score, late_factor, row_max, row_sum, row_of, start, &at, exchange, &p);
    uint weights[PIECES * WEIGHT_PIECE];
    matmul_weights(weights, score, lane, scratch);
    unit_copied();
    if (masked) ((__local uchar *)found)[item] = tile_clean_values(value_tile, some_left_out);
    unit_written();
    barrier(CLK_LOCAL_MEM_FENCE);  // the values are visible, and the keys have been read
    const int next = walk_next(tiles, start);
    if (next < walk_end(tiles))
      tile_stage(key_tile, KEY_STRIDE, &key_rows, next, TILE_KV, walk_left(tiles, next), HEAD_COLUMNS);
    result_rescale(acc, factor);
    matmul_tile_values(acc, weights, value_tile, lane, scratch);
    left_out_note(&left_out, found, start, masked);
  }

  result_all(out, lse, SPLIT_PARTIAL, acc, row_max, row_sum, row_of, exchange, &left_out, &rows, &pairs, begins, ends,
             &s, &at, &p);
}
