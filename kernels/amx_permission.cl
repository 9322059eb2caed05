// Asks Linux whether this process may use AMX, in steps each of which is taken only if the one before says that it
// cannot fault. Nothing here is an instruction that a processor for x86-64 might lack. AmxPermission.java reads the
// answer: what cpuid and xgetbv say, the result of the request, and what is permitted then.
#include "common/basics.clh"

#define CPUID_LEAVES 0x1d  // of a processor that can describe tiles
#define XSAVE_BIT 27       // ecx of leaf 1: there is an xgetbv
#define BF16_BIT 22        // edx of leaf 7
#define TILE_BIT 24
#define TILE_STATE 17  // and 18, in XCR0: the system switches configuration and data of tiles
#define ARCH_PRCTL 158
#define ARCH_GET_XCOMP_PERM 0x1022
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XTILE_DATA 18

#if defined(__x86_64__)
INLINE void permission_cpuid(uint leaf, uint *registers) {
  __asm__ volatile("cpuid"
                   : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]), "=d"(registers[3])
                   : "a"(leaf), "c"(0));
}

INLINE long permission_call(long what, long argument) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"((long)ARCH_PRCTL), "D"(what), "S"(argument) : "rcx", "r11", "memory");
  return result;
}

INLINE void permission_ask(__global int *answer) {
  uint registers[4], low, high;
  permission_cpuid(0, registers);
  if (registers[0] < CPUID_LEAVES) return;
  permission_cpuid(1, registers);
  if (!(registers[2] >> XSAVE_BIT & 1)) return;
  permission_cpuid(7, registers);
  if (!(registers[3] >> BF16_BIT & registers[3] >> TILE_BIT & 1)) return;
  answer[0] = 1;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low >> TILE_STATE & 3) != 3) return;
  answer[1] = 1;
  answer[2] = (int)permission_call(ARCH_REQ_XCOMP_PERM, XTILE_DATA);
  ulong permitted[1] = {0};
  if (permission_call(ARCH_GET_XCOMP_PERM, (long)permitted) == 0) answer[3] = (int)(permitted[0] >> TILE_STATE & 3);
}
#else
INLINE void permission_ask(__global int *answer) {}
#endif

KERNEL(1) void amx_permission(__global int *answer) {
  for (int i = 0; i < 4; i++) answer[i] = 0;
  permission_ask(answer);
}
