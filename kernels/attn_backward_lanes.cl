// Gradients for CPU devices: of queries, keys and values in one walk, with five products. One work-item is a
// work-group: it owns a share of the keys of a key/value head, one key a vector lane, and for each tile of them walks
// over the queries of all heads that read them. The weights of a tile are made again from the log-sum-exp.
//
// Gradients of keys and values stay in local memory until their tile is done. Those of queries are rows of floats in
// the scratch, which each share has for itself and attn_gradient_rows sums up in the order of shares: no two
// work-groups write one number, and the answer depends on the request alone. Tiles are dealt out to shares in turn,
// which gives each as much of a causal triangle.
#include "backward/gradient.clh"
#include "backward/lanes_block.clh"
#include "backward/lanes_tile.clh"
#include "backward/scratch.clh"
#include "backward/sight.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/walk.clh"
#include "cpu/words.clh"

KERNEL(1) void attn_backward_lanes(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local lanes_t key_tile[TILE_WORDS(HEAD_DIM) * LANE_VECTORS], value_tile[TILE_WORDS(VALUE_DIM) * LANE_VECTORS];
  __local lanes_t grad_key_tile[HEAD_COLUMNS * LANE_VECTORS], grad_value_tile[VALUE_COLUMNS * LANE_VECTORS];
  __local lanes_t key_rows[TILE_KV * MOST_VECTORS];
  __local lanes_t query_rows[WORDS(TILE_Q) * HEAD_VECTORS], grad_out_rows[WORDS(TILE_Q) * VALUE_VECTORS];
  __local lanes_t weights[TILE_Q * LANE_VECTORS], grads[TILE_Q * LANE_VECTORS];
  __local float row_lse[TILE_Q], row_delta[TILE_Q];
  __local int begins[TILE_Q], ends[TILE_Q], dropped[DROPPED_OCTETS * DROPPED_STRIDE];
#if DOT
  __local lanes_t query_words[TILE_Q * HEAD_WORD_VECTORS], grad_out_words[TILE_Q * VALUE_WORD_VECTORS];
  __local lanes_t grad_words[TILE_Q * KEY_WORDS / LANES], two_rows[TWO_ROWS];
#else
  __local lanes_t *query_words = query_rows, *grad_out_words = grad_out_rows, *grad_words = grads, *two_rows = 0;
#endif
  const BackwardTiles tiles = {key_tile,      value_tile,  grad_key_tile,  grad_value_tile, key_rows, query_rows,
                               grad_out_rows, query_words, grad_out_words, two_rows,        row_lse,  row_delta,
                               weights,       grads,       grad_words,     begins,          ends,     dropped};

  const Operands operands = OPERANDS;
  const int share = get_group_id(0), shares = get_num_groups(0), kv_head = get_group_id(1), batch = get_group_id(2);
  const Sequence s = sequence_of(&operands, batch, &p);
  const int first_head = kv_head * p.group_size, existing = gradient_keys(&operands, batch, &p);
  const Rows kv_rows = rows_of(&operands, batch, first_head, &s, &p);
  const bool has_slopes = HAS_ALIBI && PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES);
  __global float *grad_queries = scratch + scratch_queries(share, &p);

  for (int head = first_head; head < first_head + p.group_size; head++) {
    const long row = scratch_row(batch, head, 0, &p);
#if GRAD_QUERY_TYPE
    for (long i = row * HEAD_DIM; i < (row + s.queries) * HEAD_DIM; i++) grad_queries[i] = 0.0f;
#endif
    for (long i = row; has_slopes && i < row + s.queries; i++) scratch[scratch_slopes(&p) + i] = 0.0f;
  }
  for (int place = share; place * TILE_KV < existing; place += shares) {
    const int start = group_keys_at(place, CEIL_DIV(existing, TILE_KV), TILE_KV, &operands, batch, first_head, &p);
    const int keys = clamp(s.keys - start, 0, TILE_KV), stored = min(TILE_KV, existing - start);
    tile_load(&tiles, &kv_rows, start, keys, &p);
    const bool are_keys_finite = tile_is_finite(key_rows, KEY_WORDS * HEAD_VECTORS);

    for (int head = first_head; head < first_head + p.group_size; head++) {
      const Rows rows = rows_of(&operands, batch, head, &s, &p);
      const score_head_t of_head = score_head(&operands, batch, head, &p);
      const Walk seeing = sight_walk(&operands, batch, head, &s, start, keys, &p);
      for (int first = seeing.begin; first < seeing.end; first = walk_listed(seeing, first + TILE_Q)) {
        const long row = scratch_row(batch, head, first, &p);
        Block block = {
            .batch = batch,
            .head = head,
            .first = first,
            .queries = min(TILE_Q, seeing.end - first),
            .start = start,
            .keys = keys,
            .ahead = s.keys - s.queries,
            .of_head = of_head,
            .dropout = dropout_of(&operands),
        };
        if (!block_load(&block, &tiles, &operands, &rows, scratch + scratch_delta(&p) + row, &s, &p)) continue;
#if HAS_PAIRS
        const Pairs pairs = pairs_of(&operands, batch, head, &p);
        if (!block_terms(weights, &block, &pairs, &p)) continue;
#endif
#if HAS_DROPOUT
        block_drop(&tiles, &block, &p);
#endif
        for (int m = 0; m < QUERY_ROWS(block.queries); m += QUERY_BLOCK) {
          block_weights(&tiles, &block, m, &p);
          block_grads(&tiles, &block, m, has_slopes ? scratch + scratch_slopes(&p) + row : 0, &p);
        }
        block_products(&tiles, &block, grad_queries + row * HEAD_DIM, are_keys_finite, &p);
      }
    }
#if GRAD_VALUE_TYPE
    tile_store_values(&tiles, grad_value, params_at(&p.grad_value, batch, kv_head, s.key_row + start), keys, stored,
                      &p);
#endif
#if GRAD_KEY_TYPE
    const long key_at = params_at(&p.grad_key, batch, kv_head, s.key_row + start);
    tile_store_keys(&tiles, grad_key, key_at, &kv_rows, start, keys, stored, &p);
#endif
  }
}
