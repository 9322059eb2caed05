// What lib/common/shuffle.clh gives each work-item: in the low 16 bits the number of the item that shuffle_xor reached,
// above them whether shuffle_works says that it reaches the right ones.
#include "common/shuffle.clh"

KERNEL(ITEMS) void shuffle_probe(__global int *out) {
  __local float exchange[ITEMS];
  const int item = get_local_id(0);
  // Stored at once: PoCL 7.1 gives all items of a group the first item's value if it is kept until after further
  // barriers.
  out[item] = (int)shuffle_xor((float)item, MASK, exchange);
  const bool works = shuffle_works(exchange, ITEMS, ITEMS_X);
  out[item] |= works ? 1 << 16 : 0;
}
