// Gradients of key and value where scores are additive, on any device: a work-group owns a key of a key/value head and
// walks over the queries of all heads that read it, a chunk at a time.
#include "backward/additive.clh"
#include "backward/gradient.clh"
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

KERNEL(ITEMS) void attn_additive_keys(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float grads[CHUNK], weights[CHUNK];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), kv_head = get_group_id(1), row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const bool exists = row < gradient_keys(&operands, batch, &p);
  const int first_head = kv_head * p.group_size, queries = row < s.keys ? s.queries : 0;
  float keys[ITEM_COLUMNS], values[ITEM_VALUES];
  additive_clear(keys, ITEM_COLUMNS);
  additive_clear(values, ITEM_VALUES);

  for (int head = first_head; head < first_head + p.group_size; head++) {
    const Rows rows = rows_of(&operands, batch, head, &s, &p);
    const Pairs pairs = pairs_of(&operands, batch, head, &p);
    const score_head_t of_head = score_head(&operands, batch, head, &p);
    for (int start = 0; start < queries; start += CHUNK) {
      const int count = min(CHUNK, queries - start);
      for (int i = item; i < count; i += ITEMS) {
        const PairRow r = pair_row(&operands, lse, scratch, batch, head, start + i, &s, &rows, &p);
        const PairGradient pair = pair_gradients(&operands, &pairs, &r, row, &s, &rows, of_head, &p);
        grads[i] = pair.dot;
        weights[i] = pair.weight;
      }
      items_barrier();  // the chunk's gradients are visible
      for (int i = 0; i < count; i++) {
        if (grads[i] != 0.0f) additive_add(keys, 0, grads[i], &rows, start + i, row);
        const long at = params_at(&p.grad_out, batch, head, s.query_row + start + i);
        for (int c = 0; c < ITEM_VALUES && weights[i] != 0.0f; c++)
          values[c] =
              fma(weights[i], TYPE_LOAD(GRAD_OUT_TYPE)(grad_out, at + additive_column(c, VALUE_DIM)), values[c]);
      }
      items_barrier();  // and have been read
    }
  }
#if GRAD_KEY_TYPE
  const long key_at = params_at(&p.grad_key, batch, kv_head, s.key_row + row);
  for (int c = 0; c < ITEM_COLUMNS; c++) {
    const int d = additive_column(c, HEAD_DIM);
    if (!exists || !additive_has(c, HEAD_DIM)) continue;
    const float before = p.accumulates ? TYPE_LOAD(GRAD_KEY_TYPE)(grad_key, key_at + d) : 0.0f;
    TYPE_STORE(GRAD_KEY_TYPE)(before + keys[c], grad_key, key_at + d);
  }
#endif
#if GRAD_VALUE_TYPE
  const long value_at = params_at(&p.grad_value, batch, kv_head, s.key_row + row);
  for (int c = 0; c < ITEM_VALUES; c++) {
    const int d = additive_column(c, VALUE_DIM);
    if (!exists || !additive_has(c, VALUE_DIM)) continue;
    const float before = p.accumulates ? TYPE_LOAD(GRAD_VALUE_TYPE)(grad_value, value_at + d) : 0.0f;
    TYPE_STORE(GRAD_VALUE_TYPE)(before + values[c], grad_value, value_at + d);
  }
#endif
}
