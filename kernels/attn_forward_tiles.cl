// Forward attention for wide GPUs. A work-group owns TILE_Q queries of one head and walks over the keys in tiles of
// TILE_KV, which pass through local memory; every work-item keeps a register micro-tile of logits and of the output.
#include "lib/config.clh"
#include "lib/params.clh"
#include "lib/mask.clh"
#include "lib/items.clh"
#include "lib/softmax.clh"
#include "lib/tile.clh"
#include "lib/reduce.clh"
#include "lib/matmul.clh"

KERNEL(ITEMS)
void attn_forward_tiles(__global const float *restrict query, __global const float *restrict key,
                        __global const float *restrict value, __global float *restrict out,
                        __global float *restrict lse, const AttnParams p) {
  __local float4 q_tile[TILE_Q * Q_STRIDE];
  __local float4 kv_tile[TILE_KV * KV_STRIDE];  // keys, then values
  __local float weights[TILE_Q * WEIGHT_STRIDE] __attribute__((aligned(16)));
  __local float scratch[TILE_Q * (ITEMS_X + 1)];

  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const int batch = get_group_id(2), head = get_group_id(1);
#if IS_CAUSAL
  const int first = ((int)get_num_groups(0) - 1 - (int)get_group_id(0)) * p.group_queries;  // most keys first
#else
  const int first = (int)get_group_id(0) * p.group_queries;
#endif
  const int queries = min(p.group_queries, p.query_len - first);
  query += params_query(&p, batch, head) + first * p.query_row;
  key += params_key(&p, batch, head);
  value += params_value(&p, batch, head);

  float row_max[ITEM_ROWS], row_sum[ITEM_ROWS];
  float4 acc[ITEM_ROWS * ITEM_VECS];
  UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
    row_max[i] = -INFINITY;
    row_sum[i] = 0.0f;
  }
  UNROLL for (int i = 0; i < ITEM_ROWS * ITEM_VECS; i++) acc[i] = (float4)(0.0f);
  tile_load(q_tile, Q_STRIDE, HEAD_DIM, query, p.query_row, TILE_Q, queries, p.scale_log2);

  const KeyRange tiles = mask_any(first, first + queries - 1, &p);
  const KeyRange whole = mask_all(first, first + queries - 1, &p);
  for (int start = tiles.begin / TILE_KV * TILE_KV; start < tiles.end; start += TILE_KV) {
    const bool masked = start < whole.begin || start + TILE_KV > whole.end;
    barrier(CLK_LOCAL_MEM_FENCE);  // nobody still reads the values of the last tile
    tile_load(kv_tile, KV_STRIDE, HEAD_DIM, key + start * p.key_row, p.key_row, TILE_KV, tiles.end - start, 1.0f);
    barrier(CLK_LOCAL_MEM_FENCE);  // the keys are there

    float logit[ITEM_ROWS * ITEM_KEYS], piece_max[ITEM_ROWS];
    matmul_scores(logit, q_tile, kv_tile, y, x);
    UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
      const int row = first + y + i * ITEMS_Y;
      piece_max[i] = -INFINITY;
      UNROLL for (int j = 0; j < ITEM_KEYS; j++) {
        const int k = start + x + j * ITEMS_X;
        if (masked && (k < MASK_BEGIN(row, &p) || k >= MASK_END(row, &p))) logit[i * ITEM_KEYS + j] = -INFINITY;
        piece_max[i] = max(piece_max[i], logit[i * ITEM_KEYS + j]);
      }
    }
    reduce_max(piece_max, scratch, y, x);  // and nobody still reads the keys
    tile_load(kv_tile, KV_STRIDE, VALUE_DIM, value + start * p.value_row, p.value_row, TILE_KV, tiles.end - start,
              1.0f);

    UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
      const float factor = softmax_rescale(&row_max[i], &row_sum[i], piece_max[i]);
      const float shift = softmax_shift(row_max[i]);
      UNROLL for (int c = 0; c < ITEM_VECS; c++) acc[i * ITEM_VECS + c] *= factor;
      UNROLL for (int j = 0; j < ITEM_KEYS; j++) {
        const float weight = exp2_rows(logit[i * ITEM_KEYS + j] - shift);
        row_sum[i] += weight;  // of this item's keys; the items' sums are added at the end
        weights[(y + i * ITEMS_Y) * WEIGHT_STRIDE + x + j * ITEMS_X] = weight;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);  // the values and weights are there
    if (masked)
      matmul_values_masked(acc, weights, kv_tile, y, x, first, start, &p);
    else
      matmul_values(acc, weights, kv_tile, y, x);
  }

  barrier(CLK_LOCAL_MEM_FENCE);  // nobody still reads the maxima of the last tile
  reduce_sum(row_sum, scratch, y, x);
  out += params_out(&p, batch, head) + first * p.out_row;
  lse += params_lse(&p, batch, head) + first;
  UNROLL for (int i = 0; i < ITEM_ROWS; i++) {
    const int row = y + i * ITEMS_Y;
    if (row >= queries) continue;
    const float norm = softmax_norm(row_sum[i]);
    UNROLL for (int c = 0; c < ITEM_VECS; c++) {
      const float4 result = acc[i * ITEM_VECS + c] * norm;
      const int column = (x + c * ITEMS_X) * 4;
      if (column + 0 < VALUE_DIM) out[row * p.out_row + column + 0] = result.x;
      if (column + 1 < VALUE_DIM) out[row * p.out_row + column + 1] = result.y;
      if (column + 2 < VALUE_DIM) out[row * p.out_row + column + 2] = result.z;
      if (column + 3 < VALUE_DIM) out[row * p.out_row + column + 3] = result.w;
    }
#if RETURN_LSE
    if (x == 0) lse[row] = softmax_lse(row_max[i], row_sum[i]);
#endif
  }
}
