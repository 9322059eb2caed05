// Forward attention for wide GPUs. A work-group owns TILE_Q queries of one head and walks over the keys in tiles of
// TILE_KV. Every work-item keeps a register micro-tile of logits and of the output; queries, keys, weights and values
// pass through local memory in pieces, each of DEPTH elements of the head (of the scores) or keys (of the output).
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/piece_flags.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/shuffle.clh"
#include "common/split.clh"
#include "common/walk.clh"
#include "tiles/items.clh"
#include "tiles/piece.clh"
#include "tiles/reduce.clh"
#include "tiles/result.clh"
#include "tiles/score.clh"
#include "tiles/step.clh"

KERNEL(ITEMS) SHUFFLE_LANES void attn_forward_tiles(ATTN_ARGUMENTS SPLIT_ARGUMENT FALLBACK_ARGUMENT) {
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));
  __local int not_finite[2];
  __local int begins[TILE_Q], ends[TILE_Q];  // what each query sees
  __local int4 parts[MASK_PARTS];
  __local long places[RESULT_PLACES];

  const Operands operands = OPERANDS;
  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const Place place = group_place(&p);
  const int batch = place.batch, head = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = group_queries(&place, &operands, &p);
  const Sequence s = split_sequence(sequence_of(&operands, batch, &p), split, &p);
  const int queries = FALLBACK_QUERIES(min(p.group_queries, s.queries - first), batch, head, &p);
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_heads_t heads = score_heads(&operands, batch, head, &p);
  const float factor = score_factor(&p);

  mask_rows(begins, ends, TILE_Q, ITEMS, &operands, batch, head, first, queries, &s, &p);
  result_places(places, batch, head, s.query_row, first, split, &p);
  const bool shuffles = shuffle_works(pieces, ITEMS, ITEMS_X);
  float row_max[ITEM_ROWS], row_sum[ITEM_ROWS];
  float4 acc[ITEM_ROWS * ITEM_VALUE_VECS];
  step_start(acc, row_max, row_sum, &operands, head, first, split, &s, y, x, &p);
  if (get_local_id(0) < 2) not_finite[get_local_id(0)] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are visible

  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, TILE_Q, ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, queries, &p);
  const Items items = {
      y, x, batch, head, first, first + queries - 1, walk_end(tiles) - 1, s.keys - s.queries, dropout_of(&operands)};
  float4 fetched[FETCHES];
  if (walk_begin(tiles) < walk_end(tiles)) step_fetch(fetched, &rows, &items, walk_begin(tiles), factor, &p);
  int count = 0;  // of pieces so far
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    float4 logit[ITEM_ROWS * ITEM_KEY_VECS];
    float *logits = (float *)logit;
    const bool asks = HAS_PAIRS && walk_is_masked(tiles, every, start);
    const bool some = items_see(&items, &pairs, begins, ends, asks, start, &p);
    count = step_scores(logit, fetched, pieces, count, &rows, &items, some, start, factor, &p);
    items_scores(logits, &items, &pairs, begins, ends, asks, start, heads, &p);
    const bool masked = asks || walk_is_cut(every, start);
    if (masked && !HAS_PAIRS) items_hide(logits, begins, ends, start, y, x);
    count = step_softmax(logits, acc, row_max, row_sum, pieces, count, &items, shuffles, start, &p);
    count = step_values(acc, logits, fetched, pieces, count, not_finite, &rows, &items, masked, start,
                        walk_next(tiles, start), factor, &p);
  }

  barrier(CLK_LOCAL_MEM_FENCE);  // the last products are done
  reduce_sum(row_sum, pieces, shuffles, y, x);
  result_write(out, lse, SPLIT_PARTIAL, places, acc, row_max, row_sum, &items, &p);
}
