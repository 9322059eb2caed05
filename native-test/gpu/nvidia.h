// For clang's NVPTX target, which has no lowering of llvm.exp2 and llvm.log2 of its own and whose libclc computes them in
// software. NVIDIA's compiler maps both to one instruction with a step aside for denormal numbers; this does the same.
// Source: the PTX ISA on ex2.approx and lg2.approx, and what nvcc emits for exp2f.
static inline __attribute__((always_inline)) float nvidia_exp2(float x) {
  const int small = x < -126.0f;
  const float power = __nvvm_ex2_approx_ftz_f(small ? x * 0.5f : x);
  return small ? power * power : power;
}
static inline __attribute__((always_inline)) float nvidia_log2(float x) {
  const int small = x < 1.17549435e-38f;
  const float logarithm = __nvvm_lg2_approx_ftz_f(small ? x * 16777216.0f : x);
  return small ? logarithm - 24.0f : logarithm;
}
#define exp2(x) nvidia_exp2(x)
#define log2(x) nvidia_log2(x)
#define native_exp2(x) __nvvm_ex2_approx_ftz_f(x)
