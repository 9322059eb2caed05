// For clang's amdgcn target with libclc, which computes exp2 and log2 in software. AMD's device library maps both to the
// compiler's own intrinsics, which become v_exp_f32 and v_log_f32 with a step aside for denormal numbers; this does the same.
#define exp2(x) __builtin_exp2f(x)
#define log2(x) __builtin_log2f(x)
#define native_exp2(x) __builtin_amdgcn_exp2f(x)
