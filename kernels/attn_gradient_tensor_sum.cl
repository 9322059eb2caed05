// Adds up the sums of attn_gradient_tensor, an element a work-item, always in the same order.
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"

KERNEL(ITEMS) void attn_gradient_tensor_sum(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  const int *sizes = p.tensor_sizes + 4 * TENSOR;
  const long elements = (long)sizes[0] * sizes[1] * sizes[2] * sizes[3];
  const long i = (long)get_group_id(0) * ITEMS + get_local_id(0);
  if (i < elements) {
    __global const float *sum = scratch + scratch_tensors(&p) + 2 * i;
    __global float *gradient = JOIN(grad_score_tensor_, TENSOR) + i;
    float total = p.accumulates ? *gradient : 0.0f, lost = 0.0f;
    for (int n = 0; n < SUMS; n++) {
      const float rest = sum[2 * elements * n] - sum[2 * elements * n + 1] - lost, before = total;
      total = before + rest;
      lost = total - before - rest;
    }
    *gradient = total;
  }
}
