// Two results over disjoint keys become the result over all of them: outs weighted by exp(lse). A work-item merges one
// row.
#include "common/types.clh"

#if !defined(VALUE_DIM) || !defined(VALUE_TYPE) || !defined(OUT_TYPE)
#error "VALUE_DIM, VALUE_TYPE (of the parts) and OUT_TYPE must be defined; KernelOptions.java sets them"
#endif

__kernel void attn_merge(__global const TYPE_STORAGE(VALUE_TYPE) * first_out, __global const float *first_lse,
                         __global const TYPE_STORAGE(VALUE_TYPE) * second_out, __global const float *second_lse,
                         __global TYPE_STORAGE(OUT_TYPE) * out, __global float *lse) {
  const long row = get_global_id(0);
  const float a = first_lse[row], b = second_lse[row], largest = max(a, b);
  if (largest == -INFINITY) {  // neither part saw a key
    for (int d = 0; d < VALUE_DIM; d++) TYPE_STORE(OUT_TYPE)(0.0f, out, row * VALUE_DIM + d);
    lse[row] = -INFINITY;
    return;
  }
  const float first = exp(a - largest), second = exp(b - largest), sum = first + second;
  for (int d = 0; d < VALUE_DIM; d++) {
    const float x = TYPE_LOAD(VALUE_TYPE)(first_out, row * VALUE_DIM + d);
    const float y = TYPE_LOAD(VALUE_TYPE)(second_out, row * VALUE_DIM + d);
    // Shares first, so that no sum overflows; a part without weight brings nothing, whatever its out holds.
    float result = (first == 0.0f ? 0.0f : x * (first / sum)) + (second == 0.0f ? 0.0f : y * (second / sum));
    // Shares that are rounded may add up to more than 1, which must not lift the largest float to infinity.
    if (isinf(result) && !isinf(x) && !isinf(y)) result = copysign(FLT_MAX, result);
    TYPE_STORE(OUT_TYPE)(result, out, row * VALUE_DIM + d);
  }
  lse[row] = largest + log(sum);
}
