// What lib/shuffle.clh and lib/shuffle_check.clh give each work-item: in the low 16 bits the number of the item that shuffle_xor reached, above them
// whether shuffle_works says that it reaches the right ones.
#include "lib/basics.clh"
#include "lib/shuffle.clh"
#include "lib/shuffle_check.clh"

KERNEL(ITEMS) void shuffle_probe(__global int *out) {
  __local float exchange[ITEMS];
  const int item = get_local_id(0);
  const float other = shuffle_xor((float)item, MASK, exchange);
  const bool works = shuffle_works(exchange);
  out[item] = (int)other | (works ? 1 << 16 : 0);
}
