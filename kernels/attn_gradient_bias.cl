// The gradient of a bias, summed over what the bias holds for: a work-item owns an element and walks over all pairs
// that it was added to, so that nothing is summed by two. Where it holds for all keys, the items of a group share them.
// Groups: keys, queries, batch and heads of the bias.
#include "backward/pair.clh"
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

// A dimension of the bias: all of `whole`, or the one of the group where the bias has one for each.
typedef struct {
  int begin, end;
} Span;

INLINE Span bias_span(bool is_own, int own, int whole) {
  const Span span = {is_own ? own : 0, is_own ? min(own + 1, whole) : whole};
  return span;
}

// The sum over the queries of a span for one head, and of this item's keys.
INLINE float bias_head(const Operands *operands, __global const float *lse, __global const float *scratch, int batch,
                       int head, Span queries, int first_key, bool is_own_key, const AttnParams *p) {
  const Sequence s = sequence_of(operands, batch, p);
  const Rows rows = rows_of(operands, batch, head, &s, p);
  const Pairs pairs = pairs_of(operands, batch, head, p);
  const score_head_t of_head = score_head(operands, batch, head, p);
  const int last_key = is_own_key ? min(first_key + 1, s.keys) : s.keys;
  float sum = 0.0f;
  for (int query = queries.begin; query < min(queries.end, s.queries); query++) {
    const PairRow row = pair_row(operands, lse, scratch, batch, head, query, &s, &rows, p);
    float of_row = 0.0f;
    for (int key = first_key; key < last_key; key += ITEMS)
      of_row += pair_gradient(operands, &pairs, &row, key, &s, &rows, of_head, p);
    sum += of_row;
  }
  return sum;
}

KERNEL(ITEMS) void attn_gradient_bias(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float of_item[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), row = get_group_id(1), z = get_group_id(2);
  const bool own_head = p.grad_bias.head != 0, own_key = p.grad_bias.column != 0;
  const int own_batch = own_head ? z / p.heads : z, head = own_head ? z - own_batch * p.heads : 0;
  const int first = own_key ? (int)get_group_id(0) * ITEMS + item : item;
  const Span batches = bias_span(p.grad_bias.batch != 0, own_batch, p.batches);
  const Span heads = bias_span(own_head, head, p.heads);
  const Span queries = bias_span(p.grad_bias.row != 0, row, p.query_len);

  float sum = 0.0f;
  const int heads_of_batch = heads.end - heads.begin;
  for (int n = 0; n < (batches.end - batches.begin) * heads_of_batch; n++) {
    const int batch_of_n = n / heads_of_batch, head_of_n = n - batch_of_n * heads_of_batch;
    sum += bias_head(&operands, lse, scratch, batches.begin + batch_of_n, heads.begin + head_of_n, queries, first,
                     own_key, &p);
  }
  of_item[item] = sum;
  items_barrier();  // all sums are visible
  if (!own_key) {
    sum = 0.0f;
    for (int other = 0; other < ITEMS; other++) sum += of_item[other];
  }
  if (own_key ? first < p.key_len : item == 0) {
    const long at = params_at(&p.grad_bias, own_batch, head, row) + (own_key ? first : 0);
    if (p.accumulates) sum += TYPE_LOAD(GRAD_BIAS_TYPE)(grad_bias, at);
    TYPE_STORE(GRAD_BIAS_TYPE)(sum, grad_bias, at);
  }
}
