// Forward attention of few queries, as in text generation, for GPUs whose work-items exchange numbers within
// sub-groups. A work-group owns up to ROW_BLOCK query rows of the heads that read one key/value head, and a share of
// the keys, which its teams of work-items (lib/decode/teams.clh) read once, each a few keys a round, with a softmax of
// its own; in the end they join.
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
#include "decode/teams.clh"
#include "common/walk.clh"

KERNEL(ITEMS) void attn_decode_rows(ATTN_ARGUMENTS SPLIT_ARGUMENT) {
  __local int begins[ROW_BLOCK], ends[ROW_BLOCK];
  __local float meeting[MEETING > ITEMS ? MEETING : ITEMS];

  const Operands operands = OPERANDS;
  const int item = get_local_id(0), team = item / KEY_LANES, lane = item - team * KEY_LANES;
  const Place place = group_place_in_order(&p);
  const int batch = place.batch, head = place.head, split = SPLIT_NUMBER(place.tile, &p);
  const int first = SPLIT_QUERIES(place.tile, &p) * p.group_queries;
  const Sequence s = sequence_of(&operands, batch, &p);
  const int count = min(p.group_queries, fold_rows(&s, &p) - first);
  const int last = max(first + count - 1, 0);  // rows that do not exist are copies of it, which are not stored
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_heads_t heads = score_heads(&operands, batch, head, &p);
  const Dropout dropout = dropout_of(&operands);
  const float factor_of_scores = score_factor(&p);

  mask_rows(begins, ends, ROW_BLOCK, ITEMS, &operands, batch, head, first, count, &s, &p);
  float4 query_fours[ROW_BLOCK * HEAD_FOURS], acc[ROW_BLOCK * VALUE_FOURS];
  float row_max[ROW_BLOCK], row_sum[ROW_BLOCK], all[ROW_BLOCK * KEY_STEPS];  // see teams_dots
  UNROLL for (int r = 0; r < ROW_BLOCK; r++) {
    const int row = min(first + r, last);
    teams_queries(query_fours + r * HEAD_FOURS, rows, row, lane, factor_of_scores, &p);
    UNROLL for (int c = 0; c < VALUE_FOURS; c++) acc[r * VALUE_FOURS + c] = (float4)(0.0f);
    const bool has_sink = split == 0 && team == 0 && PARAMS_HAVE(&p, SINK);  // once for each row
    softmax_start(&row_max[r], &row_sum[r], has_sink ? sink[head + fold_member(row, &p)] * LOG4_E : -INFINITY);
  }
  barrier(CLK_LOCAL_MEM_FENCE);  // the ranges are visible

  const Walk share =
      walk_of(split_share(mask_any(begins, ends, ROW_BLOCK), split, &p), &operands, batch, head, first, count, &p);
  KeyRange every = mask_all(begins, ends, ROW_BLOCK);
  every.end = min(every.end, share.end);
  chunk_t keys[KEY_STEPS * HEAD_CHUNKS], values[KEY_STEPS * VALUE_CHUNKS];
  if (IS_AHEAD && walk_begin(share) < walk_end(share)) {
    teams_keys(keys, &rows, walk_begin(share), share.end - 1, team, lane, &p);
    teams_values(values, &rows, walk_begin(share), share.end - 1, team, lane);
  }
  for (int start = walk_begin(share); start < walk_end(share); start = walk_next(share, start)) {
    const bool masked = walk_is_masked(share, every, start);
    if (IS_AHEAD) teams_dots(all, query_fours, keys);
    teams_keys(keys, &rows, IS_AHEAD ? walk_next(share, start) : start, share.end - 1, team, lane, &p);
    if (!IS_AHEAD) teams_values(values, &rows, start, share.end - 1, team, lane);  // before the keys are waited for
    UNROLL for (int r = 0; r < ROW_BLOCK; r++) {
      float logit[KEY_STEPS], tile_max = -INFINITY;
      UNROLL for (int j = 0; j < KEY_STEPS; j++) {
        float dot = all[j * ROW_BLOCK + r];
        if (!IS_AHEAD) dot = teams_dot(query_fours + r * HEAD_FOURS, keys + j * HEAD_CHUNKS);
        UNROLL for (int mask = 1; mask < KEY_LANES; mask *= 2) dot += shuffle_xor(dot, mask, meeting);
        const int row = min(first + r, last), k = start + j * TEAMS + team;
        const float term = masked ? pairs_row_term(&pairs, max(row, 0), min(k, share.end - 1), &p) : 0.0f;
        logit[j] = score_of_pair(dot, PAIR_OF_SCORE(teams_pair(batch, head, row, k, &s, &p)),
                                 score_row_head(heads, row, &p), term, &p);
        if (masked && (k < begins[r] || k >= min(ends[r], share.end))) logit[j] = -INFINITY;
        tile_max = fmax(tile_max, logit[j]);
      }
      const float factor = softmax_rescale(&row_max[r], &row_sum[r], tile_max);
      UNROLL for (int c = 0; c < VALUE_FOURS; c++) acc[r * VALUE_FOURS + c] *= factor;
      UNROLL for (int j = 0; j < KEY_STEPS; j++) {
        const Pair pair =
            PAIR_OF_WEIGHT(teams_pair(batch, head, min(first + r, last), start + j * TEAMS + team, &s, &p));
        const int drops = dropout_drops_pair(pair, &dropout, &p);
        const float weight = softmax_weigh(softmax_exp(logit[j] - row_max[r]), drops, &row_sum[r]);
        const bool is_seen = !masked || logit[j] != -INFINITY;  // else the value must not even be multiplied by 0
        all[j * ROW_BLOCK + r] = is_seen ? weight : TEAMS_HIDDEN;
        if (!IS_AHEAD && is_seen) teams_add(acc + r * VALUE_FOURS, weight, values + j * VALUE_CHUNKS);
      }
    }
    if (IS_AHEAD) {
      teams_add_all(acc, all, values);
      teams_values(values, &rows, walk_next(share, start), share.end - 1, team, lane);
    }
  }

  UNROLL for (int r = 0; r < ROW_BLOCK; r++) {
    teams_join(meeting, &row_max[r], &row_sum[r], acc + r * VALUE_FOURS, team, lane);
    const int row = min(first + r, last), columns = r < count ? VALUE_DIM : 0;
    teams_store(out, lse, partial, meeting, row_max[r], row_sum[r], batch, head + fold_member(row, &p),
                max(fold_query(row, &p), 0), columns, split, &s, &p);
  }
}
