// The gradient of a tensor that the user's score function reads, at indices that it computes: a work-group has sums of
// its own for all elements, and some of the query rows, whose pairs it makes again. An item owns every ITEMS-th element
// of the sums, and adds to those what all items found about a key each; so nothing is added up by two, and in the same
// order every time. Sums are of two floats, the second what rounding took from the first (Kahan), for they are long.
#define UNROLL_PAIR UNROLL_TWICE  // whole, two numbers of a row stay in memory (ptxas, sm_90)
#include "backward/pair.clh"
#include "backward/scratch.clh"
#include "common/functions.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

#define READS (FUNCTION_READS > 0 ? FUNCTION_READS : 1)
#define NO_ELEMENT (-1)

#if FUNCTION_READS > 0
// The elements that a pair reads, and the derivatives of its score by them.
INLINE void tensor_reads(int *at, float *by, float score, const Pair pair, const Functions *f, const AttnParams *p) {
  FUNCTION_READ_STEPS
  FUNCTION_READ_RESULTS
}
#endif

// What this item's key adds: elements and numbers.
INLINE void tensor_pair(__local int *element, __local float *number, const Operands *operands, const Pairs *pairs,
                        const PairRow *row, int key, int keys, const Sequence *s, const Rows *rows,
                        score_head_t of_head, const AttnParams *p) {
  int at[READS];
  float by[READS];
  for (int n = 0; n < READS; n++) at[n] = NO_ELEMENT, by[n] = 0.0f;
#if FUNCTION_READS > 0
  const PairGradient gradient = pair_gradients(operands, pairs, row, min(key, s->keys - 1), s, rows, of_head, p);
  const Pair pair = {row->batch, row->head, row->query, key, row->query + s->keys - s->queries - key};
  if (key < keys && gradient.score != 0.0f) {
    tensor_reads(at, by, gradient.first, pair, &of_head.functions, p);
    for (int n = 0; n < READS; n++) by[n] *= gradient.score;
  }
#endif
  for (int n = 0; n < READS; n++) element[n] = at[n], number[n] = by[n];
}

KERNEL(ITEMS) void attn_gradient_tensor(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local int element[ITEMS * READS];
  __local float number[ITEMS * READS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), sums = get_num_groups(0), group = get_group_id(0);
  const long all = (long)p.batches * p.heads * p.query_len;
  const long first = all * group / sums, end = all * (group + 1) / sums;
  const int *sizes = p.tensor_sizes + 4 * TENSOR;
  const int elements = sizes[0] * sizes[1] * sizes[2] * sizes[3];
  __global float *sum = scratch + scratch_tensors(&p) + 2L * elements * group;
  for (long i = item; i < elements; i += ITEMS) sum[2 * i] = sum[2 * i + 1] = 0.0f;
  for (long n = first; n < end; n++) {
    const int query = n % p.query_len, head = n / p.query_len % p.heads, batch = n / p.query_len / p.heads;
    const Sequence s = sequence_of(&operands, batch, &p);
    const Rows rows = rows_of(&operands, batch, head, &s, &p);
    const Pairs pairs = pairs_of(&operands, batch, head, &p);
    const score_head_t of_head = score_head(&operands, batch, head, &p);
    const int keys = query < s.queries ? s.keys : 0;
    const PairRow row = pair_row(&operands, lse, scratch, batch, head, query, &s, &rows, &p);
    for (int start = 0; start < keys; start += ITEMS) {
      items_barrier();  // what was found before has been added
      tensor_pair(element + item * READS, number + item * READS, &operands, &pairs, &row, start + item, keys, &s, &rows,
                  of_head, &p);
      items_barrier();  // what was found is visible
      for (int i = 0; i < ITEMS * READS; i++) {
        const int at = element[i];
        if (at >= 0 && at % ITEMS == item) {
          const float rest = number[i] - sum[2L * at + 1], before = sum[2L * at], after = before + rest;
          sum[2L * at] = after;
          sum[2L * at + 1] = after - before - rest;
        }
      }
    }
  }
}
