// Gradients of operands with numbers for each head: what rows add is summed over the queries and the batch, in a fixed
// order and in two steps, since one long sum of floats would lose digits. A head a work-group; of slopes that batch
// entries have of their own, those of the second dimension of groups.
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

#define CHUNK 256  // rows of a sum of the first step

// The sum over all items of the group, for each of them.
INLINE float heads_reduce(float number, __local float *of_item) {
  items_barrier();  // the numbers of the last sum have been read
  of_item[get_local_id(0)] = number;
  items_barrier();  // all numbers are visible
  float sum = 0.0f;
  for (int item = 0; item < ITEMS; item++) sum += of_item[item];
  return sum;
}

INLINE void heads_store(__global float *gradient, long at, float sum, const AttnParams *p) {
  if (get_local_id(0) == 0) gradient[at] = p->accumulates ? gradient[at] + sum : sum;
}

#define HEADS_SINK 0
#define HEADS_SLOPE 1
#define HEADS_VECTOR 2

// What a row adds to the gradient `what`; of a vector to that of element d.
INLINE float heads_row(const int what, const Operands *operands, __global const float *scratch, int batch, int head,
                       int row, int d, const Sequence *s, const AttnParams *p) {
  const long at = scratch_row(batch, head, row, p);
  if (what == HEADS_VECTOR) return scratch[scratch_vectors(p) + at * HEAD_DIM + d];
  if (what == HEADS_SLOPE) return scratch[scratch_slopes(p) + at];
  const float lse = operands->lse[params_at(&p->lse, batch, head, s->query_row + row)];
  const float weight = lse == -INFINITY ? 0.0f : exp(operands->sink[head] - lse);
  return -weight * scratch[scratch_delta(p) + at];
}

// The sum of what rows of the batch entries from `first` to `last` add, for each item of the group.
INLINE float heads_sum(const int what, __local float *of_item, const Operands *operands, __global const float *scratch,
                       int first, int last, int head, int d, const AttnParams *p) {
  float sum = 0.0f;
  for (int batch = first; batch <= last; batch++) {
    const Sequence s = sequence_of(operands, batch, p);
    for (int start = get_local_id(0); start < s.queries; start += CHUNK * ITEMS) {
      float of_chunk = 0.0f;
      NO_UNROLL for (int row = start; row < min(s.queries, start + CHUNK * ITEMS); row += ITEMS) of_chunk +=
          heads_row(what, operands, scratch, batch, head, row, d, &s, p);
      sum += of_chunk;
    }
  }
  return heads_reduce(sum, of_item);
}

KERNEL(ITEMS) void attn_gradient_heads(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float of_item[ITEMS];
  const Operands operands = OPERANDS;
  const int head = get_group_id(0), entry = get_group_id(1), last = p.batches - 1;
  const bool is_first = entry == 0, own_slopes = p.slope_batch > 0;
  if (PARAMS_HAVE(&p, GRAD_SINK) && is_first)
    heads_store(grad_sink, head, heads_sum(HEADS_SINK, of_item, &operands, scratch, 0, last, head, 0, &p), &p);
  if (PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES) && (own_slopes || is_first)) {
    const float sum = heads_sum(HEADS_SLOPE, of_item, &operands, scratch, own_slopes ? entry : 0,
                                own_slopes ? entry : last, head, 0, &p);
    heads_store(grad_alibi_slopes, (long)entry * p.heads + head, sum, &p);
  }
  for (int d = 0; d < HEAD_DIM && is_first && PARAMS_HAVE(&p, GRAD_ADDITIVE_VECTOR); d++) {
    const float sum = heads_sum(HEADS_VECTOR, of_item, &operands, scratch, 0, last, head, d, &p);
    heads_store(grad_additive_vector, (long)head * HEAD_DIM + d, sum, &p);
  }
}
