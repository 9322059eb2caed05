// Each PLANT is a fault that the compile checks must report, so that their silence on the real kernels means something.
#define PLANT_STACK 1    // a private array that cannot be in registers
#define PLANT_SPILL 2    // more live values than there are registers
#define PLANT_LOCAL 3    // more local memory than a work-group may have
#define PLANT_BUILTIN 4  // a function that does not exist
#define PLANT_NOTHING 5  // no fault
#define LIVE 320
#define LOCAL_FLOATS 20000

float no_such_builtin(float x);

__kernel __attribute__((reqd_work_group_size(128, 1, 1))) void planted(__global float *data,
                                                                       __global const int *order) {
  const int item = get_local_id(0);
#if PLANT == PLANT_STACK
  float kept[LIVE];
  for (int i = 0; i < LIVE; i++) kept[i] = data[item * LIVE + i];
  float sum = 0.0f;
  for (int i = 0; i < LIVE; i++) sum += kept[order[i]] * i;
  data[item] = sum;
#elif PLANT == PLANT_SPILL
  float kept[LIVE];
#pragma unroll
  for (int i = 0; i < LIVE; i++) kept[i] = data[item + i * 128];
  for (int n = 0; n < order[0]; n++) {
    const float x = data[n];
#pragma unroll
    for (int i = 0; i < LIVE; i++) kept[i] = fma(kept[i], x, (float)n);
  }
#pragma unroll
  for (int i = 0; i < LIVE; i++) data[item + i * 128] = kept[i];
#elif PLANT == PLANT_LOCAL
  __local float shared_floats[LOCAL_FLOATS];
  for (int i = item; i < LOCAL_FLOATS; i += 128) shared_floats[i] = data[i];
  barrier(CLK_LOCAL_MEM_FENCE);
  data[item] = shared_floats[order[item]];
#elif PLANT == PLANT_BUILTIN
  data[item] = no_such_builtin(data[item]);
#else
  data[item] *= 2.0f;
#endif
}
