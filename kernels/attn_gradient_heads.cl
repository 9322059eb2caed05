// Gradients of operands with numbers for each head: what rows add is summed over the queries and the batch, in a fixed
// order and in two steps, since one long sum of floats would lose digits. A head a work-group; of slopes that batch
// entries have of their own, those of the second dimension of groups.
#include "backward/scratch.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

#if !defined(ITEMS)
#error "ITEMS must be defined; KernelOptions.java sets it"
#endif

#define CHUNK 256  // rows of a sum of the first step

// The sum over all items of the group, for each of them.
INLINE float heads_reduce(float number, __local float *of_item) {
  barrier(CLK_LOCAL_MEM_FENCE);  // the numbers of the last sum have been read
  of_item[get_local_id(0)] = number;
  barrier(CLK_LOCAL_MEM_FENCE);  // all numbers are visible
  float sum = 0.0f;
  for (int item = 0; item < ITEMS; item++) sum += of_item[item];
  return sum;
}

INLINE void heads_store(__global float *gradient, long at, float sum, const AttnParams *p) {
  if (get_local_id(0) == 0) gradient[at] = p->accumulates ? gradient[at] + sum : sum;
}

KERNEL(ITEMS) void attn_gradient_heads(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float of_item[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), head = get_group_id(0), entry = get_group_id(1);
  const bool own_slopes = PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES) && p.slope_batch > 0;
  const bool is_first = entry == 0;
  float sinks = 0.0f, slopes = 0.0f;
  for (int batch = 0; batch < p.batches; batch++) {
    const Sequence s = sequence_of(&operands, batch, &p);
    const long rows = scratch_row(batch, head, 0, &p);
    for (int start = item; start < s.queries; start += CHUNK * ITEMS) {
      float sink_sum = 0.0f, slope_sum = 0.0f;
      for (int row = start; row < min(s.queries, start + CHUNK * ITEMS); row += ITEMS) {
        const float row_lse = lse[params_at(&p.lse, batch, head, s.query_row + row)];
        const float delta = scratch[scratch_delta(&p) + rows + row];
        if (PARAMS_HAVE(&p, GRAD_SINK) && row_lse != -INFINITY) sink_sum -= exp(sink[head] - row_lse) * delta;
        if (PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES) && (!own_slopes || batch == entry))
          slope_sum += scratch[scratch_slopes(&p) + rows + row];
      }
      sinks += sink_sum;
      slopes += slope_sum;
    }
  }
  sinks = heads_reduce(sinks, of_item);
  slopes = heads_reduce(slopes, of_item);
  if (PARAMS_HAVE(&p, GRAD_SINK) && is_first) heads_store(grad_sink, head, sinks, &p);
  if (PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES) && (own_slopes || is_first))
    heads_store(grad_alibi_slopes, (long)entry * p.heads + head, slopes, &p);

  for (int d = 0; d < HEAD_DIM && is_first && PARAMS_HAVE(&p, GRAD_ADDITIVE_VECTOR); d++) {
    float sum = 0.0f;
    for (int batch = 0; batch < p.batches; batch++) {
      const Sequence s = sequence_of(&operands, batch, &p);
      __global const float *vectors = scratch + scratch_vectors(&p) + scratch_row(batch, head, 0, &p) * HEAD_DIM + d;
      for (int start = item; start < s.queries; start += CHUNK * ITEMS) {
        float of_chunk = 0.0f;
        for (int row = start; row < min(s.queries, start + CHUNK * ITEMS); row += ITEMS)
          of_chunk += vectors[(long)row * HEAD_DIM];
        sum += of_chunk;
      }
    }
    heads_store(grad_additive_vector, (long)head * HEAD_DIM + d, heads_reduce(sum, of_item), &p);
  }
}
