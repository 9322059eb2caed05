// What OpenCL's library does, where a compiler for processors has no such library: in the words that clang turns into single
// instructions. For native-test/cpu-compile, which looks at machine code and runs none.
#define fma(a, b, c) __builtin_elementwise_fma(a, b, c)
#define fabs(x) __builtin_elementwise_abs(x)
// The type of a sum has no address space, as what comes from local memory has.
#define max(a, b)                       \
  ({                                    \
    const __typeof__((a) + 0) a_ = (a); \
    const __typeof__((a) + 0) b_ = (b); \
    a_ < b_ ? b_ : a_;                  \
  })
#define min(a, b)                       \
  ({                                    \
    const __typeof__((a) + 0) a_ = (a); \
    const __typeof__((a) + 0) b_ = (b); \
    b_ < a_ ? b_ : a_;                  \
  })
#define select(otherwise, chosen, condition) ((condition) ? (chosen) : (otherwise))

#define PROCESSOR_LOAD(space, type, n)                                \
  static inline __attribute__((overloadable, always_inline))          \
  type##n processor_load##n(size_t i, const space type *p) {          \
    typedef type##n unaligned __attribute__((aligned(sizeof(type)))); \
    return *(const space unaligned *)(p + n * i);                     \
  }
#define PROCESSOR_LOADS(n)            \
  PROCESSOR_LOAD(__global, float, n)  \
  PROCESSOR_LOAD(__local, float, n)   \
  PROCESSOR_LOAD(__private, float, n) \
  PROCESSOR_LOAD(__global, int, n)    \
  PROCESSOR_LOAD(__local, int, n)     \
  PROCESSOR_LOAD(__global, ushort, n) \
  PROCESSOR_LOAD(__global, char, n)   \
  PROCESSOR_LOAD(__global, uchar, n)  \
  PROCESSOR_LOAD(__global, half, n)
PROCESSOR_LOAD(__global, uchar, 2)
PROCESSOR_LOAD(__global, ushort, 2)
PROCESSOR_LOADS(4)
PROCESSOR_LOADS(8)
PROCESSOR_LOADS(16)
#define PROCESSOR_STORE(space, type, n)                                                                          \
  static inline                                                                                                  \
      __attribute__((overloadable, always_inline)) void processor_store##n(type##n x, size_t i, space type *p) { \
    typedef type##n unaligned __attribute__((aligned(sizeof(type))));                                            \
    *(space unaligned *)(p + n * i) = x;                                                                         \
  }
#define PROCESSOR_STORES(n)            \
  PROCESSOR_STORE(__global, float, n)  \
  PROCESSOR_STORE(__local, float, n)   \
  PROCESSOR_STORE(__private, float, n) \
  PROCESSOR_STORE(__local, int, n)     \
  PROCESSOR_STORE(__global, ushort, n) \
  PROCESSOR_STORE(__global, half, n)
PROCESSOR_STORES(4)
PROCESSOR_STORES(8)
PROCESSOR_STORES(16)
#define vstore4 processor_store4
#define vstore8 processor_store8
#define vstore16 processor_store16
#define vload2 processor_load2
#define vload4 processor_load4
#define vload8 processor_load8
#define vload16 processor_load16
#define vload_half4(i, p) __builtin_convertvector(processor_load4(i, p), float4)
#define vload_half8(i, p) __builtin_convertvector(processor_load8(i, p), float8)
#define vload_half16(i, p) __builtin_convertvector(processor_load16(i, p), float16)
#define convert_float4(x) __builtin_convertvector(x, float4)
#define convert_float8(x) __builtin_convertvector(x, float8)
#define convert_float16(x) __builtin_convertvector(x, float16)
#define convert_int4(x) __builtin_convertvector(x, int4)
#define convert_int8(x) __builtin_convertvector(x, int8)
#define convert_int16(x) __builtin_convertvector(x, int16)
#define convert_ushort4(x) __builtin_convertvector(x, ushort4)
#define convert_ushort8(x) __builtin_convertvector(x, ushort8)
#define convert_ushort16(x) __builtin_convertvector(x, ushort16)
#define vstore_half4_rte(x, i, p) processor_store4(__builtin_convertvector(x, half4), i, p)
#define vstore_half8_rte(x, i, p) processor_store8(__builtin_convertvector(x, half8), i, p)
#define vstore_half16_rte(x, i, p) processor_store16(__builtin_convertvector(x, half16), i, p)
