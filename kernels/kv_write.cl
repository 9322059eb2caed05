// Changes a few numbers of a tensor of integers, which come by value: no transfer, so that nothing waits.
#include "cache/call.clh"

__kernel void kv_write(__global int *target, const KvWrites writes) {
  const int i = get_global_id(0);
  int at = writes.at[0], number = writes.number[0];
  UNROLL for (int j = 1; j < KV_WRITES; j++) {  // as in kv_rows
    at = j == i ? writes.at[j] : at;
    number = j == i ? writes.number[j] : number;
  }
  target[at] = number;
}
