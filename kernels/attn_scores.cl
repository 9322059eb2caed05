// The matrix of scores at one stage of their making, for people who look at attention. Plain and not fast: a work-group
// computes the row of one query, its items side by side along the keys, in up to three passes over the row.
#define SCORE_UNIT 1.0f  // people want natural units
#include "common/items.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/pairs.clh"
#include "common/rows.clh"
#include "common/score.clh"
#include "common/softmax.clh"

// p.score_stage, in the order of ScoreStage.java.
#define STAGE_SCALED 0
#define STAGE_CAPPED 1
#define STAGE_MASKED 2
#define STAGE_WEIGHTS 3

// The sum or the maximum of a number over all work-items of the group, for each of them; all of them call it, for there
// are barriers.
INLINE float scores_reduce(float number, const bool is_sum, __local float *scratch) {
  items_barrier();  // the numbers of the last reduction have been read
  scratch[get_local_id(0)] = number;
  items_barrier();  // all numbers are visible
  float all = scratch[0];
  for (int item = 1; item < ITEMS; item++) all = is_sum ? all + scratch[item] : max(all, scratch[item]);
  return all;
}

KERNEL(ITEMS) void attn_scores(ATTN_ARGUMENTS) {
  __local float scratch[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1);
  const int row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const int columns = row < s.queries ? p.key_len : 0;  // none of a row that is not there
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const bool is_masked = p.score_stage >= STAGE_MASKED;
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  const float factor = score_factor(&p);
  const long query_angles = rows_query_angles(&rows, row, &p);
  const KeyRange seen = mask_row(&operands, row, &s, mask_ranges_at(batch, head, &p), &p);
  scores += params_at(&p.scores, batch, head, row);

  float largest = PARAMS_HAVE(&p, SINK) ? sink[head] : -INFINITY;
  const float sink_logit = largest;
  for (int k = item; k < columns; k += ITEMS) {
    float score = -INFINITY;
    if (k < s.keys && (p.score_stage < STAGE_MASKED || (k >= seen.begin && k < seen.end))) {
      const long key_angles = rows_key_angles(&rows, k, &p);
      float dot = 0.0f;
      for (int d = 0; d < HEAD_DIM; d++)
        dot = score_product(dot, rows_query(&rows, row, d, query_angles), rows_key(&rows, k, d, key_angles), &rows, d);
      const Pair pair = {batch, head, row, k, row + s.keys - s.queries - k};
      if (is_masked)
        score = score_of_pair(dot * factor, pair, of_head, pairs_term(&pairs, row, k, &p), &p);
      else
        score = p.score_stage == STAGE_SCALED ? dot * p.scale : score_first(dot * factor, &p);
    }
    scores[k] = score;
    largest = max(largest, score);
  }
  // All work-items reach the barriers below, at any stage: control flow is uniform.
  largest = scores_reduce(largest, false, scratch);
  largest = largest == -INFINITY ? 0.0f : largest;
  float sum = item == 0 ? exp(sink_logit - largest) : 0.0f;
  const int weights = p.score_stage == STAGE_WEIGHTS ? columns : 0;
  for (int k = item; k < weights; k += ITEMS) {
    scores[k] = softmax_weigh(exp(scores[k] - largest), 0, &sum);  // as they are before dropout
  }
  sum = scores_reduce(sum, true, scratch);
  for (int k = item; k < weights; k += ITEMS) {
    // What is hidden has the weight 0 in a row of NaN, too.
    const bool is_seen = k >= seen.begin && k < seen.end;
    const bool is_zero = sum == 0.0f || !is_seen || pairs_term(&pairs, row, k, &p) == -INFINITY;
    scores[k] = is_zero ? 0.0f : scores[k] / sum;
  }
}
