// Forward attention for wide GPUs. A work-group owns TILE_Q queries of one head and walks over the keys in tiles of
// TILE_KV, which pass through local memory; every work-item keeps a register micro-tile of logits and of the output.
#include "lib/config.clh"
#include "lib/basics.clh"
#include "lib/types.clh"
#include "lib/params.clh"
#include "lib/sequence.clh"
#include "lib/mask.clh"
#include "lib/rotary.clh"
#include "lib/elements.clh"
#include "lib/pairs.clh"
#include "lib/items.clh"
#include "lib/one_row.clh"
#include "lib/score.clh"
#include "lib/softmax.clh"
#include "lib/tile.clh"
#include "lib/reduce.clh"
#include "lib/pairs_tile.clh"
#include "lib/matmul.clh"

KERNEL(ITEMS) void attn_forward_tiles(ATTN_ARGUMENTS) {
  __local float4 q_tile[TILE_Q * Q_STRIDE];
  __local float4 kv_tile[TILE_KV * KV_STRIDE];  // keys, then values
  __local float weights[TILE_Q * WEIGHT_STRIDE] __attribute__((aligned(16)));
  __local float scratch[TILE_Q * (ITEMS_X + 1)];
  __local int begins[TILE_Q], ends[TILE_Q];  // what each query sees

  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const int batch = get_group_id(2), head = get_group_id(1);
  const int first = ((int)get_num_groups(0) - 1 - (int)get_group_id(0)) * p.group_queries;  // causal: most keys first
  const Sequence s = SEQUENCE(batch);
  const int queries = min(p.group_queries, s.queries - first);
  const Rows rows = ROWS(batch, head, s);
#if HAS_PAIRS
  const Pairs pairs = PAIRS(batch, head);
#endif
  const float slope = score_slope(alibi_slopes, batch, head, &p);

  for (int row = get_local_id(0); row < TILE_Q; row += ITEMS) {
    KeyRange seen = {0, 0};  // of a group without queries, at the end of a short entry of a ragged batch
    if (queries > 0)
      seen = mask_row(first + min(row, queries - 1), &s, key_begins, key_ends,
                      batch * p.range_batch + head * p.range_head, &p);
    begins[row] = seen.begin;
    ends[row] = seen.end;
  }
  tile_load_queries(q_tile, &rows, first, TILE_Q, queries, score_factor(&p), &p);
  float row_max[ITEM_ROWS], row_sum[ITEM_ROWS];
  float4 acc[ITEM_ROWS * ITEM_VECS];
  UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
    softmax_start(&row_max[i], &row_sum[i], PARAMS_HAVE(&p, SINK) ? sink[head] * LOG2_E : -INFINITY);
    if (x > 0) row_sum[i] = 0.0f;  // the items' sums are added at the end
  }
  UNROLL for (int i = 0; i < ITEM_ROWS * ITEM_VECS; i++) acc[i] = (float4)(0.0f);
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are there

  const KeyRange tiles = mask_any(begins, ends, TILE_Q);
  const KeyRange every = mask_all(begins, ends, TILE_Q);
  for (int start = tiles.begin; start < tiles.end; start += TILE_KV) {
    const bool masked = HAS_PAIRS || start < every.begin || start + TILE_KV > every.end;
    barrier(CLK_LOCAL_MEM_FENCE);  // nobody still reads the values of the last tile
    tile_load_keys(kv_tile, &rows, start, TILE_KV, tiles.end - start, 1.0f, &p);
    barrier(CLK_LOCAL_MEM_FENCE);  // the keys are there
    float logit[ITEM_ROWS * ITEM_KEYS], piece_max[ITEM_ROWS];
    // An item that sees none of its pairs computes nothing, and neighbours hide alike. (The whole group could leave a tile
    // out, but PoCL 3.1 gets barriers and flags of that wrong.)
#if HAS_PAIRS
    UNROLL for (int i = 0; i < ITEM_ROWS * ITEM_KEYS; i++) logit[i] = 0.0f;
    if (pairs_any(&pairs, begins, ends, first, queries, start, y, x, &p))
#endif
      matmul_scores(logit, q_tile, kv_tile, y, x);
    UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
      const int row = y + i * ITEMS_Y;
      piece_max[i] = -INFINITY;
      UNROLL for (int j = 0; j < ITEM_KEYS; j++) {
        const int k = start + x + j * ITEMS_X;
        const float ahead = first + row + s.keys - s.queries - k;
        float score = score_alibi(score_cap(logit[i * ITEM_KEYS + j], &p), ahead, slope);
#if HAS_PAIRS
        score = score_add(score, pairs_seen(&pairs, begins, ends, first, queries, row, k, &p));
#else
        if (masked && (k < begins[row] || k >= ends[row])) score = -INFINITY;
#endif
        piece_max[i] = max(piece_max[i], score);
        logit[i * ITEM_KEYS + j] = score;
      }
    }
    reduce_max(piece_max, scratch, y, x);  // and nobody still reads the keys
    tile_load_values(kv_tile, &rows, start, TILE_KV, tiles.end - start, 1.0f, &p);

    UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
      const float factor = softmax_rescale(&row_max[i], &row_sum[i], piece_max[i]);
      const float shift = softmax_shift(row_max[i]);
      UNROLL for (int c = 0; c < ITEM_VECS; c++) acc[i * ITEM_VECS + c] *= factor;
      UNROLL for (int j = 0; j < ITEM_KEYS; j++) {
        const float score = logit[i * ITEM_KEYS + j], weight = exp2_rows(score - shift);
        row_sum[i] += weight;  // of this item's keys
        weights[(y + i * ITEMS_Y) * WEIGHT_STRIDE + x + j * ITEMS_X] =
            masked && score == -INFINITY ? HIDDEN_WEIGHT : weight;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);  // the values and weights are there
    if (masked)
      matmul_values_masked(acc, weights, kv_tile, y, x);
    else
      matmul_values(acc, weights, kv_tile, y, x);
  }

  barrier(CLK_LOCAL_MEM_FENCE);  // nobody still reads the maxima of the last tile
  reduce_sum(row_sum, scratch, y, x);
  const long out_at = params_at(&p.out, batch, head, s.query_row + first);
  const long lse_at = params_at(&p.lse, batch, head, s.query_row + first);
  // Each store has its whole condition: PoCL 3.1 loses a `continue` in the last round, which leads to the kernel's end.
  UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
    const int row = y + i * ITEMS_Y;
    const bool exists = row < queries;
    const float norm = softmax_norm(row_sum[i]);
    UNROLL for (int c = 0; c < ITEM_VECS; c++) {
      const float4 result = acc[i * ITEM_VECS + c] * norm;
      const int column = (x + c * ITEMS_X) * 4;
      if (exists && column + 0 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.x, out, out_at + row * p.out.row + column + 0);
      if (exists && column + 1 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.y, out, out_at + row * p.out.row + column + 1);
      if (exists && column + 2 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.z, out, out_at + row * p.out.row + column + 2);
      if (exists && column + 3 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.w, out, out_at + row * p.out.row + column + 3);
    }
    if (exists && x == 0 && PARAMS_HAVE(&p, LSE)) lse[lse_at + row * p.lse.row] = softmax_lse(row_max[i], row_sum[i]);
  }
}
