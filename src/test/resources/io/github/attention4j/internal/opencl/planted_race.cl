// A kernel that is wrong on purpose. Every work-item puts its number into a tile of local memory and reads its
// neighbour's. With WITH_BARRIER=0 the read does not wait for the write: a data race. On a CPU driver the result is
// mostly right all the same, so only a tool that watches memory can tell; PlantedRaceTest and 'native-test/run' check
// that ours does.

__kernel void planted_race(__global int *out) {
  __local int tile[GROUP_SIZE];
  const int item = get_local_id(0);
  tile[item] = item;
#if WITH_BARRIER
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  out[item] = tile[(item + 1) % GROUP_SIZE];
}
