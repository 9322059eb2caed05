// Forward attention for CPU devices. One work-item is a work-group: it owns up to TILE_Q queries of one head, one query
// a vector lane, and walks over the keys in tiles of TILE_KV. With a query a lane, softmax needs no operation across
// lanes, and keys and values are read as broadcasts from where they lie.
//
// Within a key tile the queries are worked on in blocks of BLOCK_Q, so that a micro-tile fits the registers while the
// keys and values of the tile, read once from memory, serve all TILE_Q queries from the cache. A block leaves out the
// keys that none of its queries sees, so the diagonal of a causal mask wastes half a block and not half a tile.
#define DISTANCES_ROW (LANE_VECTORS * LANES + CEIL_DIV(TILE_KV, KEY_BLOCK) * KEY_BLOCK + LANES)
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/split.clh"
#include "common/walk.clh"
#include "cpu/amx.clh"
#include "cpu/amx_tile.clh"
#include "cpu/block.clh"
#include "cpu/block_scores.clh"
#include "cpu/block_softmax.clh"
#include "cpu/bounds.clh"
#include "cpu/matmul.clh"
#include "cpu/next.clh"
#include "cpu/tile.clh"
#include "cpu/tile_floats.clh"
#include "cpu/tile_words.clh"

KERNEL(1) void attn_forward_lanes(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local lanes_t q_tile[QUERY_BLOCKS * ROW_WORDS * LANE_VECTORS];
  __local lanes_t out_tile[QUERY_BLOCKS * VALUE_ROWS * LANE_VECTORS];
  __local lanes_t row_max[QUERY_BLOCKS * LANE_VECTORS], row_sum[QUERY_BLOCKS * LANE_VECTORS];
  __local lanes_t weights[BLOCK_NUMBERS];
  __local float key_stage[KEY_STAGE], value_stage[VALUE_STAGE];
  __local int begins[TILE_Q], ends[TILE_Q];
  __local KeyRange any_of[QUERY_BLOCKS], every_of[QUERY_BLOCKS];
  const BlockMasks masks = {begins, ends, any_of, every_of};

  const Operands operands = OPERANDS;
  const int batch = get_group_id(2), head = get_group_id(1), split = SPLIT_NUMBER((int)get_group_id(0), &p);
  const int group = SPLIT_QUERIES((int)get_group_id(0), &p), groups = SPLIT_QUERIES((int)get_num_groups(0), &p);
  const int first = group_first(group, groups, &operands, batch, head, &p);
  const Sequence s = split_sequence(sequence_of(&operands, batch, &p), split, &p);
  const int queries = min(p.group_queries, s.queries - first);
  if (queries <= 0) return;
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  const long key_row = tile_key_row(&rows), value_row = tile_value_row(&rows);

  block_masks(&masks, &operands, batch, head, first, queries, &s, &p);
  tile_load_queries(q_tile, &rows, first, queries, &p);
  tile_clear(out_tile, row_max, row_sum, queries,
             split == 0 && PARAMS_HAVE(&p, SINK) ? sink[head] * LOG4_E : -INFINITY);

  const Walk tiles = walk_of(block_any(&masks, queries), &operands, batch, head, first, queries, &p);
  const KeyRange every = block_every(&masks, queries);
  const int all = walk_left(tiles, walk_begin(tiles)), steps = CEIL_DIV(queries, BLOCK_Q) * CEIL_DIV(all, KEY_BLOCK);
  const Next next = next_group(group, groups, head, batch, !IS_SPLIT && all <= TILE_KV ? steps : 0, &operands, out, &p);
  amx_begin();
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const int keys = walk_keys(tiles, start);
    if (bounds_hide(&pairs, first, queries, start, keys, &p)) continue;
    const key_tile_t key_tile = tile_keys(key_stage, &rows, start, keys, &p);
    const value_tile_t value_tile = tile_values(value_stage, &rows, start, keys);
    KeyRange whole = mask_clip(every, start, keys);
    if (IS_EVERY_VALUE_CHECKED) whole.end = whole.begin;
    const bool guarded = !tile_is_finite(value_tile, value_row, 0, whole.begin) ||
                         !tile_is_finite(value_tile, value_row, max(whole.begin, whole.end), keys);

    for (int b = 0; b * BLOCK_Q < queries; b++) {
      const int row = first + b * BLOCK_Q;
      const KeyRange seen = block_seen(&pairs, any_of[b], row, first + queries - 1, start, keys, &p);
      Block block = {
          .index = b,
          .row = row,
          .start = start,
          .later = walk_next(tiles, start),
          .ahead = s.keys - s.queries,
          .batch = batch,
          .head = head,
          .seen = seen,
          .masks = &masks,
          .rows = &rows,
          .pairs = &pairs,
          .next = &next,
          .dropout = dropout_of(&operands),
          .of_head = of_head,
      };
      __local lanes_t *block_out = out_tile + b * (LANE_VECTORS * VALUE_ROWS);
      lanes_t tile_max[LANE_VECTORS], factor[LANE_VECTORS];
      if (seen.end <= seen.begin) continue;
#if HAS_PAIRS
      if (!block_terms(weights, &block, first + queries - 1, &p)) continue;
#endif
      block_scores(weights, tile_max, q_tile + b * (LANE_VECTORS * ROW_WORDS), key_tile, key_row, &block, &p);
      block_softmax(weights, &block, guarded, factor, tile_max, value_tile, row_max + b * LANE_VECTORS,
                    row_sum + b * LANE_VECTORS, &p);
      block_values(block_out, factor, weights, guarded, block.seen, value_tile, value_row);
    }
  }
  amx_end();
#if IS_SPLIT
  tile_share(partial + split_partial(batch, head, first, split, &p), out_tile, row_max, row_sum, queries, &p);
#else
  tile_store(out + params_at(&p.out, batch, head, s.query_row + first), p.out.row,
             lse + params_at(&p.lse, batch, head, s.query_row + first), p.lse.row, PARAMS_HAVE(&p, LSE), out_tile,
             row_max, row_sum, queries, &p);
#endif
}
