// Gradients of keys and values for wide GPUs. A work-group owns TILE_Q keys of a key/value head and walks over the
// queries of all heads that read it, in tiles of TILE_KV; the steps of attn_forward_tiles.cl, with keys in the place of
// queries. Every work-item keeps a register micro-tile of weights, of their gradients, and of both results.
#define OWNS_KEYS 1
#include "backward/gradient.clh"
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

#if GRAD_VALUE_TYPE
GRADIENT_STORE(store_value, GRAD_VALUE_TYPE, VALUE_DIM)
#endif
#if GRAD_KEY_TYPE && !HAS_ROTARY
GRADIENT_STORE(store_key, GRAD_KEY_TYPE, HEAD_DIM)
#endif

KERNEL(ITEMS) ITEMS_LANES void attn_backward_keys_tiles(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));
  __local int not_finite[2];
  __local int begins[TILE_KV], ends[TILE_KV];
  __local float row_lse[TILE_KV], row_delta[TILE_KV];

  const Operands operands = OPERANDS;
  const Dropout dropout = dropout_of(&operands);
  const QueryRows of_queries = {begins, ends, row_lse, row_delta};
  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const int batch = get_group_id(2), kv_head = get_group_id(1);
  const int first_head = kv_head * p.group_size, pass = (int)get_group_id(0) % COLUMN_PASSES;
  const int first = group_keys_at((int)get_group_id(0) / COLUMN_PASSES, (int)get_num_groups(0) / COLUMN_PASSES, TILE_Q,
                                  &operands, batch, first_head, &p);
  const Sequence s = sequence_of(&operands, batch, &p);
  const Sources first_from = gradient_sources(&operands, batch, first_head, pass, &s, &p);
  const Span own = {first, min(first + TILE_Q, s.keys) - 1};
  const float factor = score_factor(&p);
  const bool guarded = gradient_is_guarded(&p);
  const Walk queries = walk_of_queries(gradient_queries(own.first, own.last, &s, &p), &operands, batch, first_head,
                                       p.group_size, first, own.last - first + 1, &p);
  const int members = walk_begin(queries) < walk_end(queries) ? p.group_size : 0;

  float4 of_keys[ITEM_ROWS * ITEM_VALUE_VECS], of_values[ITEM_ROWS * ITEM_VALUE_VECS];
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * ITEM_VALUE_VECS; i++) { of_keys[i] = of_values[i] = (float4)(0.0f); }
  if (get_local_id(0) < 2) not_finite[get_local_id(0)] = 0;
  Sources from = first_from;
  Span walked = {walk_begin(queries), walk_end(queries) - 1};
  float4 fetched[FETCHES];
  if (members > 0) gradient_fetch(fetched, &from, true, 0, own, walked, factor, &p);
  int count = 0, member = 0;  // of pieces so far; the head among those that read the keys
  while (member < members) {
    const int head = first_head + member;
    const GradientItems items = {y, x, batch, head, own, walked, s.keys - s.queries};
    const Pairs pairs = pairs_of(&operands, batch, head, &p);
    gradient_query_rows(of_queries, GRADIENT_TILE_QUERIES, ITEMS, &operands, scratch, batch, head, walked.first, &s,
                        &p);
    float4 product[ITEM_ROWS * ITEM_KEY_VECS], weight[ITEM_ROWS * ITEM_KEY_VECS];
    float slopes[ITEM_ROWS];  // those are for whoever owns queries
    UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) { slopes[i] = 0.0f; }
    count = gradient_products(weight, fetched, pieces, count, &from, true, 0, &items, factor, &p);
    count = gradient_products(product, fetched, pieces, count, &from, false, GRADIENT_OF_OUT, &items, factor, &p);
    gradient_of_pairs((float *)weight, (float *)product, slopes, &items, walk_asks(queries, walked.first), &pairs,
                      of_queries, score_head(&operands, batch, head, &p), &dropout, &p);

    walked.first = walk_next(queries, walked.first);
    const bool is_last = walked.first >= walk_end(queries);
    member += is_last ? 1 : 0;
    walked.first = is_last ? walk_begin(queries) : walked.first;
    const Sources next = gradient_sources_of_member(&first_from, min(member, members - 1), &p);
    count = gradient_sums(of_values, (const float *)weight, fetched, pieces, count, not_finite, &from, GRADIENT_OF_OUT,
                          true, &next, walked, &items, guarded, factor, &p);
    count = gradient_sums(of_keys, (const float *)product, fetched, pieces, count, not_finite, &from, GRADIENT_OF_QUERY,
                          false, &next, walked, &items, guarded, factor, &p);
    from = next;
  }

  const int rows = gradient_keys(&operands, batch, &p) - first;
#if GRAD_VALUE_TYPE
  store_value(grad_value, params_at(&p.grad_value, batch, kv_head, s.key_row + first), p.grad_value.row, of_values,
              1.0f, p.accumulates, rows, y, first_from.first_vec + x);
#endif
#if GRAD_KEY_TYPE && HAS_ROTARY
  gradient_store_turned(scratch, scratch_keys(p.splits, &p) + scratch_key(batch, kv_head, first, &p) * HEAD_DIM,
                        HEAD_DIM, of_keys, p.scale, false, rows, y, first_from.first_vec + x);
#elif GRAD_KEY_TYPE
  store_key(grad_key, params_at(&p.grad_key, batch, kv_head, s.key_row + first), p.grad_key.row, of_keys, p.scale,
            p.accumulates, rows, y, first_from.first_vec + x);
#endif
}
