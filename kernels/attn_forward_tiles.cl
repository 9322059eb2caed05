// Forward attention for wide GPUs. A work-group owns TILE_Q queries of one head and walks over the keys in tiles of
// TILE_KV. Every work-item keeps a register micro-tile of logits and of the output; queries, keys, weights and values pass
// through local memory in pieces, each of DEPTH elements of the head (of the scores) or keys (of the output).
#include "lib/config.clh"
#include "lib/basics.clh"
#include "lib/types.clh"
#include "lib/params.clh"
#include "lib/place.clh"
#include "lib/sequence.clh"
#include "lib/fold.clh"
#include "lib/mask.clh"
#include "lib/split.clh"
#include "lib/walk.clh"
#include "lib/rotary.clh"
#include "lib/elements.clh"
#include "lib/pairs.clh"
#include "lib/items.clh"
#include "lib/one_row.clh"
#include "lib/pair.clh"
#include "lib/score.clh"
#include "lib/softmax.clh"
#include "lib/piece.clh"
#include "lib/shuffle.clh"
#include "lib/shuffle_check.clh"
#include "lib/reduce.clh"
#include "lib/score_tile.clh"
#include "lib/matmul.clh"

#if IS_FOLDED
KERNEL(ITEMS) SHUFFLE_LANES void attn_decode_tiles(ATTN_ARGUMENTS, __global float *restrict partial) {
#elif IS_SPLIT
KERNEL(ITEMS) SHUFFLE_LANES void attn_forward_tiles(ATTN_ARGUMENTS, __global float *restrict partial) {
#else
KERNEL(ITEMS) SHUFFLE_LANES void attn_forward_tiles(ATTN_ARGUMENTS) {
#endif
  __local float pieces[2 * PIECE_SIZE] __attribute__((aligned(16)));  // take turns
  __local int
      not_finite[2];  // the last piece of values, of those at even and at odd places, that holds a NaN or an infinity
  __local int begins[TILE_Q], ends[TILE_Q];  // what each query sees
#if !IS_FOLDED
  __local int4 parts[MASK_PARTS];
#endif
  // Of the group's first row in `out` and `lse` (of the first head's query 0 if keys are shared out), and in `partial`. Only the end wants
  // them, and until then registers are few.
  __local long places[2 + HAS_SHARES];

  const int y = (int)get_local_id(0) / ITEMS_X, x = (int)get_local_id(0) - y * ITEMS_X;
  const Place place = place_of_group(&p);
  const int batch = get_group_id(2), head = FOLD_FIRST(place.head);
  const int split = SPLIT_NUMBER(place.tile, &p), first = SPLIT_QUERIES(place.tile, &p) * p.group_queries;
  const Sequence s = split_sequence(SEQUENCE(batch), split, &p);
  const int queries = min(p.group_queries, FOLD_ROWS(s) - first);
  const Rows rows = ROWS(batch, head, s);
  const Pairs pairs = PAIRS(batch, head);
  const fold_slopes_t slopes = FOLD_SLOPES(batch, head);
  const float factor = score_factor(&p);

  mask_rows(begins, ends, TILE_Q, ITEMS, first, queries, &s, key_begins, key_ends,
            batch * p.range_batch + head * p.range_head, &p);
  if (get_local_id(0) == 0) {
    places[0] = params_at(&p.out, batch, head, s.query_row + (HAS_SHARES ? 0 : first));
    places[1] = params_at(&p.lse, batch, head, s.query_row + (HAS_SHARES ? 0 : first));
#if HAS_SHARES
    places[2] = split_partial(batch, head, 0, split, &p);
#endif
  }
  const bool shuffles = shuffle_works(pieces);
  float row_max[ITEM_ROWS], row_sum[ITEM_ROWS];
  float4 acc[ITEM_ROWS * ITEM_VECS];
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
    const int of_row = head + fold_member(min(first + ITEMS_ROW(y, i), max(FOLD_ROWS(s) - 1, 0)), &p);
    softmax_start(&row_max[i], &row_sum[i], split == 0 && PARAMS_HAVE(&p, SINK) ? sink[of_row] * LOG4_E : -INFINITY);
    if (x > 0) row_sum[i] = 0.0f;  // the items' sums are added at the end
  }
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * ITEM_VECS; i++) acc[i] = (float4)(0.0f);
  if (get_local_id(0) < 2) not_finite[get_local_id(0)] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are there

  KeyRange tiles, every;
#if IS_FOLDED
  tiles = split_share(mask_any(begins, ends, TILE_Q), split, &p);
  barrier(CLK_LOCAL_MEM_FENCE);  // everybody knows what is seen
  for (int row = get_local_id(0); row < TILE_Q; row += ITEMS) ends[row] = min(ends[row], tiles.end);
  barrier(CLK_LOCAL_MEM_FENCE);
  every = mask_all(begins, ends, TILE_Q);
#else
  mask_ranges(&tiles, &every, begins, ends, TILE_Q, ITEMS, parts);
#endif
  const int last_query = first + queries - 1, last_key = walk_end(tiles) - 1;
  float4 fetched[FETCHES];
  if (tiles.begin < tiles.end)
    piece_fetch_scores(fetched, &rows, 0, first, last_query, walk_begin(tiles), last_key, factor, &p);
  int count = 0;  // of pieces so far
  for (int start = walk_begin(tiles); start < walk_end(tiles); start = walk_next(tiles, start)) {
    const bool masked = walk_is_masked(every, start);
    // An item that sees none of its pairs computes nothing, and neighbours hide alike. (The whole group could leave a tile
    // out, but PoCL 3.1 gets barriers and flags of that wrong.)
#if HAS_PAIRS
    const bool some = pairs_any(&pairs, begins, ends, first, last_query, last_key, start, y, x, &p);
#else
    const bool some = true;
#endif
    float4 logit[ITEM_ROWS * KEY_VECS];
    UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS * KEY_VECS; i++) logit[i] = (float4)(0.0f);
    NO_UNROLL for (int n = 0; n < HEAD_PIECES; n++) {
      __local float *piece = PIECE(count);
      count++;
      piece_store_scores(piece, fetched);
      barrier(CLK_LOCAL_MEM_FENCE);  // the piece is there, and nobody still multiplies the last
      if (n + 1 < HEAD_PIECES)
        piece_fetch_scores(fetched, &rows, n + 1, first, last_query, start, last_key, factor, &p);
      else
        piece_fetch_values(fetched, &rows, 0, start, last_key);
      if (some) matmul_scores(logit, piece, y, x);
    }

    float *logits = (float *)logit;
    float piece_max[ITEM_ROWS];
#if !SCORE_IS_PLAIN
    score_tile(logits, &pairs, begins, ends, batch, head, first, last_query, last_key, start, s.keys - s.queries,
               slopes, y, x, &p);
#endif
    if (masked && !HAS_PAIRS) items_hide(logits, begins, ends, start, y, x);
    UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
      piece_max[i] = logits[i * ITEM_KEYS];
      UNROLL_ON_GPU for (int j = 1; j < ITEM_KEYS; j++) piece_max[i] = max(piece_max[i], logits[i * ITEM_KEYS + j]);
    }
    reduce_max(piece_max, PIECE(count), shuffles, y, x);
    count++;

    UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
      const float rescale = softmax_rescale(&row_max[i], &row_sum[i], piece_max[i]);
      UNROLL_ON_GPU for (int c = 0; c < ITEM_VECS; c++) acc[i * ITEM_VECS + c] *= rescale;
      UNROLL_ON_GPU for (int j = 0; j < ITEM_KEYS; j++) {
        const Pair pair = PAIR_OF_WEIGHT(
            items_pair(batch, head, first + ITEMS_ROW(y, i), start + ITEMS_KEY(x, j), s.keys - s.queries, &p));
        const float score = logits[i * ITEM_KEYS + j];
        const float weight = softmax_weigh(softmax_exp(score - row_max[i]), pair, &row_sum[i]);  // of this item's keys
        logits[i * ITEM_KEYS + j] = softmax_mark(weight, score);
      }
    }
    NO_UNROLL for (int n = 0; n < VALUE_PIECES; n++) {
      __local float *piece = PIECE(count);
      __local int *unsafe = not_finite + (count & 1);
      count++;
      if (masked && !piece_is_finite(fetched)) *unsafe = count;  // the same number, whoever says it
      piece_store_values(piece, fetched, logits, n, y, x);
      barrier(CLK_LOCAL_MEM_FENCE);  // the piece is there, and nobody still multiplies the last
      if (n + 1 < VALUE_PIECES)
        piece_fetch_values(fetched, &rows, n + 1, start, last_key);
      else
        piece_fetch_scores(fetched, &rows, 0, first, last_query, walk_next(tiles, start), last_key, factor, &p);
      // The same answer for the whole group, so accumulators of both ways need not be there at once.
      if (masked && *unsafe == count)
        matmul_values_guarded(acc, piece, y, x);
      else
        matmul_values(acc, piece, y, x);
    }
  }

  barrier(CLK_LOCAL_MEM_FENCE);  // nobody still multiplies
  reduce_sum(row_sum, pieces, shuffles, y, x);
  const long out_at = places[0], lse_at = places[1];
  // In a loop of its own: together with the stores it is too much for Intel's compiler to unroll. Of a share, sums are written.
  if (!HAS_SHARES || SPLIT_IS_WHOLE(&p)) {
    UNROLL_ON_GPU for (int n = 0; n < ITEM_ROWS * ITEM_VECS; n++) acc[n] =
        items_means(acc[n], softmax_norm(row_sum[n / ITEM_VECS]));
  }
  // Each store has its whole condition: PoCL 3.1 loses a `continue` in the last round, which leads to the kernel's end.
  UNROLL_ON_GPU for (int i = 0; i < ITEM_ROWS; i++) {
    const int row = ITEMS_ROW(y, i);
    const bool exists = first + row <= last_query;
#if HAS_SHARES
    const int existing = min(first + row, last_query);
    const long row_out = out_at + fold_at(&p.out, existing, &p), row_lse = lse_at + fold_at(&p.lse, existing, &p);
    const bool whole = exists && SPLIT_IS_WHOLE(&p);
    __global float *part =
        partial + places[2] +
        ((long)fold_member(existing, &p) * p.query_len + fold_query(existing, &p)) * p.splits * PARTIAL_SIZE;
    const bool shared = exists && !whole;
    if (shared && x == 0) part[PARTIAL_MAX] = row_max[i];
    if (shared && x == 0) part[PARTIAL_SUM] = row_sum[i];
    UNROLL_ON_GPU for (int c = 0; c < ITEM_VECS; c++) {
      const int column = (x + c * ITEMS_X) * 4;
      if (shared && row_sum[i] != 0.0f && column < VALUE_DIM)
        *(__global float4 *)(part + PARTIAL_OUT + column) = acc[i * ITEM_VECS + c];
    }
#else
    const long row_out = out_at + row * p.out.row, row_lse = lse_at + row * p.lse.row;
    const bool whole = exists;
#endif
    UNROLL_ON_GPU for (int c = 0; c < ITEM_VECS; c++) {
      const float4 result = acc[i * ITEM_VECS + c];
      const int column = (x + c * ITEMS_X) * 4;
      const long at = row_out + column;
#if IS_ALIGNED
      if (whole && column < VALUE_DIM) TYPE_STORE_FOUR(OUT_TYPE)(result, out, at);
#else
      if (whole && column + 0 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.x, out, at + 0);
      if (whole && column + 1 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.y, out, at + 1);
      if (whole && column + 2 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.z, out, at + 2);
      if (whole && column + 3 < VALUE_DIM) TYPE_STORE(OUT_TYPE)(result.w, out, at + 3);
#endif
    }
    if (whole && x == 0 && PARAMS_HAVE(&p, LSE)) lse[row_lse] = softmax_lse(row_max[i], row_sum[i]);
  }
}
