// Forward attention of few queries, as in text generation, for wide GPUs: the steps of attn_forward_tiles.cl, on the
// query rows of all heads that read one key/value head, and on a share of the keys. So keys and values are read once.
#define IS_FOLDED 1
#include "common/fold.clh"
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
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

KERNEL(ITEMS) SHUFFLE_LANES void attn_decode_tiles(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));
  __local int not_finite[2];
  __local int begins[TILE_Q], ends[TILE_Q];  // what each row sees
  __local long places[RESULT_PLACES];

  const Operands operands = OPERANDS;
  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const Place place = group_place(&p);
  const int batch = place.batch, head = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = SPLIT_QUERIES(place.tile, &p) * p.group_queries;
  const Sequence s = sequence_of(&operands, batch, &p);
  const int count_of_rows = min(p.group_queries, fold_rows(&s, &p) - first);
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_heads_t heads = score_heads(&operands, batch, head, &p);
  const float factor = score_factor(&p);

  mask_rows(begins, ends, TILE_Q, ITEMS, &operands, batch, head, first, count_of_rows, &s, &p);
  result_places(places, batch, head, s.query_row, first, split, &p);
  const bool shuffles = shuffle_works(pieces, ITEMS, ITEMS_X);
  float row_max[ITEM_ROWS], row_sum[ITEM_ROWS];
  float4 acc[ITEM_ROWS * ITEM_VALUE_VECS];
  step_start(acc, row_max, row_sum, &operands, head, first, split, &s, y, x, &p);
  if (get_local_id(0) < 2) not_finite[get_local_id(0)] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are visible

  const Walk tiles =
      walk_of(split_share(mask_any(begins, ends, TILE_Q), split, &p), &operands, batch, head, first, count_of_rows, &p);
  barrier(CLK_LOCAL_MEM_FENCE);  // all work-items have read the ranges
  for (int row = get_local_id(0); row < TILE_Q; row += ITEMS) ends[row] = min(ends[row], walk_end(tiles));
  barrier(CLK_LOCAL_MEM_FENCE);  // the new ranges are visible
  const KeyRange every = mask_all(begins, ends, TILE_Q);
  const Items items = {y,
                       x,
                       batch,
                       head,
                       first,
                       first + count_of_rows - 1,
                       walk_end(tiles) - 1,
                       s.keys - s.queries,
                       dropout_of(&operands)};
  float4 fetched[FETCHES];
  if (walk_begin(tiles) < walk_end(tiles)) step_fetch(fetched, &rows, &items, walk_begin(tiles), factor, &p);
  int count = 0;  // of pieces so far
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const bool masked = walk_is_masked(tiles, every, start);
    float4 logit[ITEM_ROWS * ITEM_KEY_VECS];
    float *logits = (float *)logit;
    const bool some = items_see(&items, &pairs, begins, ends, masked, start, &p);
    count = step_scores(logit, fetched, pieces, count, &rows, &items, some, start, factor, &p);
    items_scores(logits, &items, &pairs, begins, ends, masked, start, heads, &p);
    if (masked && !HAS_PAIRS) items_hide(logits, begins, ends, start, y, x);
    count = step_softmax(logits, acc, row_max, row_sum, pieces, count, &items, shuffles, start, &p);
    count = step_values(acc, logits, fetched, pieces, count, not_finite, &rows, &items, masked, start,
                        walk_next(tiles, start), factor, &p);
  }

  barrier(CLK_LOCAL_MEM_FENCE);  // the last products are done
  reduce_sum(row_sum, pieces, shuffles, y, x);
  result_write(out, lse, SPLIT_PARTIAL, places, acc, row_max, row_sum, &items, &p);
}
