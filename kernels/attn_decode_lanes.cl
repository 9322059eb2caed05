// Forward attention of few queries, as in text generation, for CPU devices. One work-item is a work-group: it owns the
// query rows of all heads that read one key/value head, and a share of the keys. So keys and values are read once, from
// where they lie and in long runs: what limits this kernel is how fast memory gives them.
#define IS_FOLDED 1
#include "common/dropout.clh"
#include "common/fold.clh"
#include "common/group.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/softmax.clh"
#include "common/split.clh"
#include "common/walk.clh"
#include "decode/lanes.clh"

KERNEL(1) void attn_decode_lanes(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local lanes_t query_tile[TILE_ROWS * HEAD_VECS];
  __local lanes_t out_tile[TILE_ROWS * VALUE_VECS],
      total_tile[TILE_ROWS * VALUE_VECS];  // of a tile of keys, and of those before it
  __local lanes_t row_max[TILE_ROWS], row_sum[TILE_ROWS], weights_tile[TILE_ROWS * WEIGHT_ROW / LANES];
  __local float key_stage[KEY_STAGE];
  __local lanes_int key_columns[CEIL_DIV(BYTES_STAGE, LANES)], value_tiles[VALUE_TILES_STAGE];
  __local float of_groups[VALUE_WEIGHTS];
  __local lanes_int digits[CEIL_DIV(TILE_ROWS * BYTES_QUERY, LANES)];
  __local int begins[TILE_ROWS], ends[TILE_ROWS];
  __local float *weights = (__local float *)weights_tile;

  const Operands operands = OPERANDS;
  const Place place = group_place_by_batch(&p);
  const int batch = place.batch, head0 = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = SPLIT_QUERIES(place.tile, &p) * TILE_ROWS;
  const Sequence s = sequence_of(&operands, batch, &p);
  const int rows = min(fold_rows(&s, &p) - first, TILE_ROWS);
  if (rows <= 0) return;
  const int row_blocks = CEIL_DIV(rows, ROW_BLOCK);

  mask_rows(begins, ends, rows, 1, &operands, batch, head0, first, rows, &s, &p);
  bool by_bytes = true;  // whether all queries have digits
  const Walk share =
      walk_of(split_share(mask_any(begins, ends, rows), split, &p), &operands, batch, head0, first, rows, &p);
  const KeyRange every = mask_all(begins, ends, rows);
  if (share.end > share.begin || split == 0) {
    for (int r = 0; r < rows; r++) {
      const int head = head0 + fold_member(first + r, &p);
      const Rows of_row = rows_of(&operands, batch, head, &s, &p);
      lanes_t largest, sum;
      decode_load_query((__local float *)(query_tile + r * HEAD_VECS), &of_row, fold_query(first + r, &p), &p);
      by_bytes &= bytes_query((__local int *)digits, r, (__local const float *)(query_tile + r * HEAD_VECS));
      softmax_start(&largest, &sum, split == 0 && PARAMS_HAVE(&p, SINK) ? sink[head] * LOG4_E : -INFINITY);
      row_max[r] = largest;
      row_sum[r] = REAL_SELECT(sum, (lanes_t)(0.0f), lanes_iota() > 0);  // lanes are added at the end
    }
    for (int i = 0; i < row_blocks * ROW_BLOCK * VALUE_VECS; i++) out_tile[i] = total_tile[i] = 0.0f;
  }

  const Dropout dropout = dropout_of(&operands);
  const Rows any = rows_of(&operands, batch, head0, &s, &p);  // of any head, for keys and values
  amx_bytes_begin();
  for (int start = walk_begin(share); start < walk_end(share); start = walk_next(share, start)) {
    const int keys = walk_keys(share, start);
    decode_dots(weights, query_tile, by_bytes ? (__local const int *)digits : 0, key_stage, key_columns, &any, share,
                start, keys, row_blocks, &p);
    for (int r = 0; r < rows; r++) {
      const int head = head0 + fold_member(first + r, &p), query = fold_query(first + r, &p);
      const Pairs pairs = pairs_of(&operands, batch, head, &p);
      const KeyRange seen = {begins[r], min(ends[r], start + keys)};
      lanes_t largest = row_max[r], sum = row_sum[r];
      const float factor =
          decode_softmax(weights + r * WEIGHT_ROW, &largest, &sum, &pairs, score_head(&operands, batch, head, &p),
                         &dropout, batch, head, query, s.keys - s.queries, seen, start, keys, &p);
      row_max[r] = largest;
      row_sum[r] = sum;
      for (int n = r * VALUE_VECS; n < (r + 1) * VALUE_VECS; n++) {
        total_tile[n] = (total_tile[n] + out_tile[n]) * factor;
        out_tile[n] = 0.0f;
      }
    }
    decode_values(out_tile, weights, of_groups, value_tiles, &any, share, start, keys, rows,
                  !HAS_PAIRS && start >= every.begin && start + keys <= every.end);
  }
  amx_bytes_end();

  for (int r = 0; r < rows; r++) {
    const int head = head0 + fold_member(first + r, &p), query = fold_query(first + r, &p);
    if (share.end > share.begin || split == 0) {
      for (int n = r * VALUE_VECS; n < (r + 1) * VALUE_VECS; n++) out_tile[n] += total_tile[n];
      decode_store(out, lse, partial, out_tile + r * VALUE_VECS, row_max[r], row_sum[r], batch, head, query, split, &s,
                   &p);
    } else {  // nothing to read: an empty share
      __global float *part = partial + split_partial(batch, head, query, split, &p);
      part[PARTIAL_MAX] = -INFINITY;
      part[PARTIAL_SUM] = 0.0f;
    }
  }
}
