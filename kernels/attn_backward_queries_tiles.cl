// Gradients of queries, and what they add to those of ALiBi's slopes, for wide GPUs. A work-group owns TILE_Q queries
// of one head and walks over the keys in tiles of TILE_KV; the steps of attn_forward_tiles.cl. Every work-item keeps a
// register micro-tile of weights, of their gradients, and of the result.
#define OWNS_KEYS 0
#include "backward/scratch.clh"
#include "common/dropout.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/sequence.clh"
#include "common/walk.clh"
#include "tiles/gradient_pair.clh"
#include "tiles/gradient_piece.clh"
#include "tiles/gradient_result.clh"
#include "tiles/gradient_step.clh"
#include "tiles/items.clh"
#include "tiles/reduce.clh"

#if GRAD_QUERY_TYPE && !HAS_ROTARY
GRADIENT_STORE(store_query, GRAD_QUERY_TYPE, HEAD_DIM)
#endif

KERNEL(ITEMS) ITEMS_LANES void attn_backward_queries_tiles(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));
  __local int not_finite[2];
  __local int begins[TILE_Q], ends[TILE_Q];
  __local float row_lse[TILE_Q], row_delta[TILE_Q];
  __local int4 parts[MASK_PARTS];

  const Operands operands = OPERANDS;
  const Dropout dropout = dropout_of(&operands);
  const QueryRows of_queries = {begins, ends, row_lse, row_delta};
  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  // Under a causal mask the last queries have the most keys, so they come first.
  const int from_last = get_num_groups(0) - 1 - (int)get_group_id(0);
  const int tile = from_last / COLUMN_PASSES, pass = from_last % COLUMN_PASSES;
  const int batch = get_group_id(2), head = get_group_id(1), tiles_of_head = (int)get_num_groups(0) / COLUMN_PASSES;
  const int first = group_queries_at(tile, tiles_of_head, TILE_Q, &operands, batch, head, &p);
  const Sequence s = sequence_of(&operands, batch, &p);
  const Sources from = gradient_sources(&operands, batch, head, pass, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const Span own = {first, min(first + TILE_Q, s.queries) - 1};
  const float factor = score_factor(&p);
  const bool guarded = gradient_is_guarded(&p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);

  gradient_query_rows(of_queries, GRADIENT_TILE_QUERIES, ITEMS, &operands, scratch, batch, head, first, &s, &p);
  float4 of_query[ITEM_ROWS * ITEM_VALUE_VECS];
  float slopes[ITEM_ROWS];
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * ITEM_VALUE_VECS; i++) { of_query[i] = (float4)(0.0f); }
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) { slopes[i] = 0.0f; }
  if (get_local_id(0) < 2) not_finite[get_local_id(0)] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are visible
  KeyRange any, every;
  mask_ranges(&any, &every, begins, ends, TILE_Q, ITEMS, parts);
  const Walk tiles = walk_of(any, &operands, batch, head, first, own.last - first + 1, &p);
  Span walked = {walk_begin(tiles), walk_end(tiles) - 1};
  float4 fetched[FETCHES];
  if (walk_begin(tiles) < walk_end(tiles)) gradient_fetch(fetched, &from, true, 0, own, walked, factor, &p);
  int count = 0;  // of pieces so far
  while (walked.first < walk_end(tiles)) {
    const GradientItems items = {y, x, batch, head, own, walked, s.keys - s.queries};
    float4 product[ITEM_ROWS * ITEM_KEY_VECS], weight[ITEM_ROWS * ITEM_KEY_VECS];
    count = gradient_products(weight, fetched, pieces, count, &from, true, 0, &items, factor, &p);
    count = gradient_products(product, fetched, pieces, count, &from, false, GRADIENT_OF_KEY, &items, factor, &p);
    gradient_of_pairs((float *)weight, (float *)product, slopes, &items, walk_asks(tiles, walked.first), &pairs,
                      of_queries, of_head, &dropout, &p);
    walked.first = walk_next(tiles, walked.first);
    count = gradient_sums(of_query, (const float *)product, fetched, pieces, count, not_finite, &from, GRADIENT_OF_KEY,
                          false, &from, walked, &items, guarded, factor, &p);
  }

  const long row = scratch_row(batch, head, first, &p);
#if HAS_ALIBI
  barrier(CLK_LOCAL_MEM_FENCE);  // the last products are done
  reduce_sum(slopes, pieces, false, y, x);
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
    const int own_row = ITEMS_ROW(y, i);
    if (first + own_row < s.queries && x == 0 && pass == 0 && PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES))
      scratch[scratch_slopes(&p) + row + own_row] = slopes[i];
  }
#endif
#if GRAD_QUERY_TYPE && HAS_ROTARY
  gradient_store_turned(scratch, scratch_queries(0, &p) + row * HEAD_DIM, HEAD_DIM, of_query, p.scale, false,
                        s.queries - first, y, from.first_vec + x);
#elif GRAD_QUERY_TYPE
  store_query(grad_query, params_at(&p.grad_query, batch, head, s.query_row + first), p.grad_query.row, of_query,
              p.scale, p.accumulates, s.queries - first, y, from.first_vec + x);
#endif
}
