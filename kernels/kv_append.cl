// Appends rows to a cache of keys and values: finds their places, rotates keys, converts or quantises. No other row is written.
// A work-item stores a chunk of a row, so that whole bytes and whole groups of a scale are its own. Global id 0 runs over
// the chunks of a key and then of its value, 1 over the new rows, 2 over sequences and heads.
#include "lib/basics.clh"
#include "lib/types.clh"

#if !defined(HEAD_DIM) || !defined(VALUE_DIM) || !defined(QUERY_TYPE) || !defined(KEY_TYPE) || !defined(ROTARY_DIM) || \
    !defined(IS_INTERLEAVED)
#error \
    "HEAD_DIM, VALUE_DIM, QUERY_TYPE, KEY_TYPE, ROTARY_DIM and IS_INTERLEAVED must be defined; KernelOptions.java sets them"
#endif
#define HAS_ROTARY (ROTARY_DIM > 0)
#include "lib/rotary.clh"
#include "lib/kv_call.clh"
#include "lib/quantise.clh"

typedef TYPE_STORAGE(QUERY_TYPE) row_t;
typedef TYPE_STORAGE(KEY_TYPE) stored_t;

INLINE float append_key(__global const row_t *from, long at, int d, __global const float *cosines,
                        __global const float *sines, long angles) {
#if HAS_ROTARY
  return ROTARY_ELEMENT(QUERY_TYPE, from, at, d, cosines, sines, angles);
#else
  return TYPE_LOAD(QUERY_TYPE)(from, at + d);
#endif
}

#define KEY_CHUNKS CEIL_DIV(HEAD_DIM, QUANTISE_CHUNK)

__kernel void kv_append(__global const row_t *keys, __global const row_t *values, __global const float *cosines,
                        __global const float *sines, __global const int *page_table, __global stored_t *key,
                        __global stored_t *value, __global float *key_scales, __global float *value_scales,
                        __global int *key_lengths, const KvAppend call) {
  const int chunk = get_global_id(0), row = get_global_id(1), index = get_global_id(2) / call.kv_heads;
  const int head = get_global_id(2) - index * call.kv_heads;
  const KvRows rows = kv_rows(&call, index);
  if (row < rows.count) {
    const int position = rows.first + row, in_table = position / call.page_size;
    int page = rows.sequence;
    if (call.table_pages > 0) page = clamp(page_table[rows.sequence * call.table_pages + in_table], 0, call.pages - 1);
    const long to = ((long)page * call.kv_heads + head) * call.page_size + (position - in_table * call.page_size);
    const long from = (long)rows.source + (long)head * call.head_step + (long)row * call.row_step;
    const long angles = (long)position * (ROTARY_DIM / 2);
    if (chunk < KEY_CHUNKS) {
      QUANTISE_CHUNK_OF(HEAD_DIM, KEY_TYPE, chunk, append_key(keys, from * HEAD_DIM, d, cosines, sines, angles), key,
                        to, key_scales)
    } else {
      QUANTISE_CHUNK_OF(VALUE_DIM, KEY_TYPE, chunk - KEY_CHUNKS, TYPE_LOAD(QUERY_TYPE)(values, from * VALUE_DIM + d),
                        value, to, value_scales)
    }
    if (chunk == 0 && row == 0 && head == 0) key_lengths[rows.sequence] = rows.first + rows.count;
  }
}
