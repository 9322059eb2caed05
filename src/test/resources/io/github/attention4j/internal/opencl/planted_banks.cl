// Accesses of one warp whose cost is known, so that what the simulator's plugin counts elsewhere can be believed:
// "planted" is how many times the ideal cost a line must be said to have. native-test/gpu-banks compares.

__kernel void planted_banks(__global int *out) {
  __local int tile[32 * 32];
  __local int4 fours[32], copies[32];
  __local int whole[128] __attribute__((aligned(16))), shifted[129] __attribute__((aligned(16)));
  const int lane = get_local_id(0);
  for (int i = 0; i < 32; i++) tile[i * 32 + lane] = lane;  // planted local store: 1.00
  fours[lane] = (int4)(lane);                               // planted local store: 1.00
  __local int *to = whole + lane * 4;
  to[0] = lane, to[1] = lane, to[2] = lane, to[3] = lane;        // planted local store: 1.00
  for (int i = 0; i < 4; i++) shifted[lane * 4 + 1 + i] = lane;  // planted local store: 4.00
  barrier(CLK_LOCAL_MEM_FENCE);
  const int4 four = fours[lane * 2 & 31];  // planted local load: 2.00
  copies[lane] = four;
  int sum = tile[lane * 32];  // planted local load: 32.00
  sum += tile[lane * 2];      // planted local load: 2.00
  sum += tile[lane * 33];     // planted local load: 1.00
  sum += tile[5];             // planted local load: 1.00
  barrier(CLK_LOCAL_MEM_FENCE);
  sum += copies[lane].x;
  sum += whole[lane * 4] - shifted[lane * 4 + 1];
  out[lane] = sum;  // planted global store: 1.00
  barrier(CLK_GLOBAL_MEM_FENCE);
  if (lane < 4) out[lane * 8] = lane;  // planted global store: 4.00
}
