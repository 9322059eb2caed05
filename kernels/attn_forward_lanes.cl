// Forward attention for CPU devices. One work-item is a work-group: it owns up to TILE_Q queries of one head, one query a
// vector lane, and walks over the keys in tiles of TILE_KV. With a query a lane, softmax needs no operation across
// lanes, and keys and values are read as broadcasts from where they lie.
//
// Within a key tile the queries are worked on in blocks of BLOCK_Q, so that a micro-tile fits the registers while the
// keys and values of the tile, read once from memory, serve all TILE_Q queries from the cache. A block leaves out the
// keys that none of its queries sees, so the diagonal of a causal mask wastes half a block and not half a tile.
#include "lib/config.clh"
#include "lib/params.clh"
#include "lib/mask.clh"
#include "lib/lanes.clh"
#include "lib/softmax.clh"
#include "lib/tile_lanes.clh"
#include "lib/matmul_lanes.clh"
#include "lib/block_lanes.clh"

KERNEL(1)
void attn_forward_lanes(__global const float *restrict query, __global const float *restrict key,
                        __global const float *restrict value, __global float *restrict out,
                        __global float *restrict lse, const AttnParams p) {
  __local lanes_t q_tile[QUERY_BLOCKS * HEAD_DIM * LANE_VECTORS];
  __local lanes_t out_tile[QUERY_BLOCKS * VALUE_DIM * LANE_VECTORS];
  __local lanes_t row_max[QUERY_BLOCKS * LANE_VECTORS], row_sum[QUERY_BLOCKS * LANE_VECTORS];
  __local lanes_t weights[TILE_KV * LANE_VECTORS];  // of one block; logits first

  const int batch = get_group_id(2), head = get_group_id(1);
#if IS_CAUSAL
  const int first = ((int)get_num_groups(0) - 1 - (int)get_group_id(0)) * p.group_queries;  // most keys first
#else
  const int first = (int)get_group_id(0) * p.group_queries;
#endif
  const int queries = min(p.group_queries, p.query_len - first);
  key += params_key(&p, batch, head);
  value += params_value(&p, batch, head);

  tile_load_queries(q_tile, query + params_query(&p, batch, head) + first * p.query_row, p.query_row, queries,
                    p.scale_log2);
  tile_clear(out_tile, row_max, row_sum);

  const KeyRange tiles = mask_any(first, first + queries - 1, &p);
  for (int start = tiles.begin / TILE_KV * TILE_KV; start < tiles.end; start += TILE_KV) {
    const int keys = min(TILE_KV, tiles.end - start);
    __global const float *key_tile = key + start * p.key_row;
    __global const float *value_tile = value + start * p.value_row;
    const KeyRange whole = mask_clip(mask_all(first, first + queries - 1, &p), start, keys);
    const bool guarded = !tile_is_finite(value_tile, p.value_row, 0, whole.begin) ||
                         !tile_is_finite(value_tile, p.value_row, max(whole.begin, whole.end), keys);

    for (int block = 0; block < queries; block += BLOCK_Q) {
      const int row = first + block;
      const KeyRange seen = block_seen(row, start, keys, &p);
      __local lanes_t *block_out = out_tile + block / LANES * VALUE_DIM;
      lanes_t piece_max[LANE_VECTORS], factor[LANE_VECTORS];

      block_scores(weights, piece_max, q_tile + block / LANES * HEAD_DIM, key_tile, seen, row, start, &p);
      block_softmax(weights, seen, factor, piece_max, row_max + block / LANES, row_sum + block / LANES);
      if (guarded)
        matmul_values_guarded(block_out, factor, weights, seen, value_tile, row, start, &p);
      else
        block_values(block_out, factor, weights, value_tile, seen, &p);
    }
  }
  tile_store(out + params_out(&p, batch, head) + first * p.out_row, p.out_row,
             lse + params_lse(&p, batch, head) + first, out_tile, row_max, row_sum, queries);
}
