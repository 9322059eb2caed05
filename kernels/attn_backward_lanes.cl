// Gradients for CPU devices: of queries, keys and values in one walk, with five products. One work-item is a
// work-group: it owns a share of the keys of a key/value head, one key a vector lane, and for each tile of them walks
// over the queries of all heads that read them. The weights of a tile are made again from the log-sum-exp.
//
// Gradients of keys and values stay in local memory until their tile is done. Those of queries are rows of floats in
// the scratch buffer, which each share has for itself and attn_gradient_rows sums up in the order of shares: so no two
// work-groups write one number, and the answer depends on the request alone. Tiles are dealt out to shares in turn,
// which gives each as much of a causal triangle.
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "backward/gradient.clh"
#include "backward/lanes_block.clh"
#include "backward/lanes_matmul.clh"
#include "backward/lanes_tile.clh"
#include "backward/scratch.clh"
#include "backward/sight.clh"

TILE_STORE(store_key, GRAD_KEY_TYPE, HEAD_DIM)
TILE_STORE(store_value, GRAD_VALUE_TYPE, VALUE_DIM)

KERNEL(1) void attn_backward_lanes(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local lanes_t key_tile[HEAD_DIM * LANE_VECTORS], value_tile[VALUE_DIM * LANE_VECTORS];
  __local lanes_t grad_key_tile[HEAD_DIM * LANE_VECTORS], grad_value_tile[VALUE_DIM * LANE_VECTORS];
  __local lanes_t key_rows[TILE_KV * MOST_VECTORS];
  __local lanes_t query_rows[TILE_Q * HEAD_VECTORS], grad_out_rows[TILE_Q * VALUE_VECTORS];
  __local lanes_t weights[TILE_Q * LANE_VECTORS], grads[TILE_Q * LANE_VECTORS];
  __local float row_lse[TILE_Q], row_delta[TILE_Q];
  __local int begins[TILE_Q], ends[TILE_Q];
  const QueryRows block_rows = {query_rows, grad_out_rows, row_lse, row_delta};

  const Operands operands = OPERANDS;
  const int share = get_group_id(0), shares = get_num_groups(0), kv_head = get_group_id(1), batch = get_group_id(2);
  const Sequence s = sequence_of(&operands, batch, &p);
  const int existing = gradient_keys(&operands, batch, &p);
  __global float *deltas = scratch + scratch_delta(&p), *grad_queries = scratch + scratch_queries(share, &p);

  for (int member = 0; member < p.group_size; member++) {
    const long first = scratch_row(batch, kv_head * p.group_size + member, 0, &p) * HEAD_DIM;
    for (long i = 0; i < (long)s.queries * HEAD_DIM; i++) grad_queries[first + i] = 0.0f;
  }

  for (int start = share * TILE_KV; start < existing; start += shares * TILE_KV) {
    const int keys = clamp(s.keys - start, 0, TILE_KV);
    const KeyRange seeing = sight_queries(&s, start, keys, &p);
    const Rows kv = rows_of(&operands, batch, kv_head * p.group_size, &s, &p);
    tile_load_values(key_rows, &kv, start, keys);
    tile_columns(value_tile, key_rows, VALUE_VECTORS, VALUE_DIM, 1.0f);
    tile_load_keys(key_rows, &kv, start, keys, &p);
    tile_columns(key_tile, key_rows, HEAD_VECTORS, HEAD_DIM, score_factor(&p));
    const bool are_keys_finite = tile_is_finite(key_rows, TILE_KV * HEAD_VECTORS);
    tile_clear(grad_key_tile, HEAD_DIM * LANE_VECTORS);
    tile_clear(grad_value_tile, VALUE_DIM * LANE_VECTORS);

    for (int member = 0; keys > 0 && member < p.group_size; member++) {
      const int head = kv_head * p.group_size + member;
      const Rows rows = rows_of(&operands, batch, head, &s, &p);
      const Pairs pairs = pairs_of(&operands, batch, head, &p);
      const score_head_t of_head = score_head(&operands, batch, head, &p);
      const long number = scratch_row(batch, head, 0, &p);
      __global float *grad_query = grad_queries + number * HEAD_DIM;

      for (int first = seeing.begin; first < seeing.end; first += TILE_Q) {
        const int queries = min(TILE_Q, seeing.end - first);
        KeyRange seen = {0, keys};
        bool masked = HAS_PAIRS || !sight_is_whole(&operands, first, first + queries - 1, start, keys, &s, &p);
        if (masked) {
          mask_rows(begins, ends, CEIL_DIV(queries, QUERY_BLOCK) * QUERY_BLOCK, 1, &operands, batch, head, first,
                    queries, &s, &p);
          seen = mask_clip(mask_any(begins, ends, queries), start, keys);
          if (seen.end <= seen.begin) continue;
        }
        const bool all_see =
            tile_load_queries(&block_rows, &rows, grad_out + params_at(&p.grad_out, batch, head, s.query_row),
                              lse + params_at(&p.lse, batch, head, s.query_row), deltas + number, first, queries, &p);
        if (!all_see) {
          if (!masked)
            mask_rows(begins, ends, CEIL_DIV(queries, QUERY_BLOCK) * QUERY_BLOCK, 1, &operands, batch, head, first,
                      queries, &s, &p);
          for (int m = 0; m < queries; m++)
            if (row_lse[m] == -INFINITY) begins[m] = ends[m] = 0;
          masked = true;
        }
        const GradientBlock block = {
            .batch = batch,
            .head = head,
            .first = first,
            .queries = queries,
            .start = start,
            .keys = keys,
            .ahead = s.keys - s.queries,
            .masked = masked,
            .begins = begins,
            .ends = ends,
            .of_head = of_head,
        };
#if HAS_PAIRS
        if (!block_terms(weights, &block, &pairs, &p)) continue;
#endif
        for (int m = 0; m < queries; m += QUERY_BLOCK) {
          block_weights(weights, grads, &block_rows, key_tile, &block, m, &p);
          block_grads(grads, weights, &block_rows, value_tile, &block, m);
        }
        const bool guarded = masked && !(are_keys_finite && tile_is_finite(query_rows, queries * HEAD_VECTORS) &&
                                         tile_is_finite(grad_out_rows, queries * VALUE_VECTORS));
        if (guarded) {
          matmul_queries_guarded(grad_query + (long)first * HEAD_DIM, key_rows, grads, seen, queries, p.scale);
          matmul_tile_guarded(grad_value_tile, grad_out_rows, VALUE_VECTORS, VALUE_DIM, weights, queries);
          matmul_tile_guarded(grad_key_tile, query_rows, HEAD_VECTORS, HEAD_DIM, grads, queries);
        } else {
          matmul_queries(grad_query + (long)first * HEAD_DIM, key_rows, grads, seen, queries, p.scale);
          matmul_value(grad_value_tile, grad_out_rows, weights, queries);
          matmul_head(grad_key_tile, query_rows, grads, queries);
        }
      }
    }
    const int stored = min(TILE_KV, existing - start);
    tile_rows(key_rows, grad_value_tile, VALUE_VECTORS, VALUE_DIM, 1.0f);
    for (int k = 0; k < stored; k++)
      store_value(grad_value, params_at(&p.grad_value, batch, kv_head, s.key_row + start + k),
                  key_rows + k * VALUE_VECTORS, p.accumulates);
    tile_rows(key_rows, grad_key_tile, HEAD_VECTORS, HEAD_DIM, p.scale);
    for (int k = 0; k < stored; k++)
      store_key(grad_key, params_at(&p.grad_key, batch, kv_head, s.key_row + start + k), key_rows + k * HEAD_VECTORS,
                p.accumulates);
  }
}
