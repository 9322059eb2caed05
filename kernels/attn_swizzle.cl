// Writes keys and values as tiles that Hopper's copy engine can bring (lib/matrix/swizzled.clh). A work-group has
// SWIZZLED_ROWS rows of a head of one of the two.
#include "common/operands.clh"
#include "common/rows.clh"
#include "common/sequence.clh"
#include "matrix/round16.clh"
#include "matrix/swizzled.clh"
#include "matrix/units/wgmma.clh"
#include "matrix/tile.clh"
#include "common/items.clh"

KERNEL(ITEMS) void attn_swizzle(ATTN_ARGUMENTS SWIZZLED_ARGUMENT) {
  __local uchar found[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), group = get_group_id(0), line = get_group_id(1), batch = get_group_id(2);
  const int kv_heads = p.heads / p.group_size, kv_head = line % kv_heads;
  const bool is_value = line >= kv_heads;
  const Sequence s = sequence_of(&operands, batch, &p);
  const Rows rows = rows_of(&operands, batch, kv_head * p.group_size, &s, &p);
  const Rows16 from = is_value ? tile_rows(rows.value, rows.value_row) : tile_rows(rows.key, rows.key_row);
  const int columns = is_value ? VALUE_DIM : HEAD_DIM;
  const int chunks = is_value ? PADDED(VALUE_DIM) / 8 : PADDED(HEAD_DIM) / 8;
  __global uint4 *to = swizzled + (is_value ? swizzled_values(batch, kv_head, &p) : swizzled_keys(batch, kv_head, &p));

  bool some = false;
  for (int i = item; i < SWIZZLED_ROWS * chunks; i += ITEMS) {
    const int row = group * SWIZZLED_ROWS + i / chunks, column = i % chunks * 8;
    const uint4 chunk = tile_existing_chunk(&from, row, column, columns, row < s.keys);
    to[swizzled_at(swizzled_rows(&p), row, column)] = is_value ? tile_finite(chunk, &some) : chunk;
  }
  found[item] = some;
  items_barrier();  // what each has found is visible
  if (item == 0 && is_value) {
    uchar any = 0;
    for (int i = 0; i < ITEMS; i++) any |= found[i];
    ((__global uchar *)swizzled)[swizzled_flag_at(batch, kv_head, &p) + group] = any;
  }
}
