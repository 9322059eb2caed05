// Appends rows to a cache of keys and values: finds their places, rotates keys, converts or quantises. No other row is
// written. A work-item stores a chunk of a row, so that whole bytes and whole groups of a scale are its own. Global id
// 0 runs over the chunks of a key and then of its value, 1 over the new rows, 2 over sequences and heads.
#define HAS_ROTARY (ROTARY_DIM > 0)
#include "common/rotary.clh"
#include "cache/call.clh"
#include "cache/quantise.clh"

#if !defined(HEAD_DIM) || !defined(VALUE_DIM) || !defined(QUERY_TYPE) || !defined(KEY_TYPE) || !defined(ROTARY_DIM) || \
    !defined(IS_INTERLEAVED)
#error \
    "HEAD_DIM, VALUE_DIM, QUERY_TYPE, KEY_TYPE, ROTARY_DIM and IS_INTERLEAVED must be defined; KernelOptions.java sets them"
#endif

typedef TYPE_STORAGE(QUERY_TYPE) row_t;
typedef TYPE_STORAGE(KEY_TYPE) stored_t;

// Where a new row is, and how far it is to be rotated.
typedef struct {
  __global const row_t *rows;
  long at;
  bool is_rotated;
  __global const float *cosines, *sines;
  long angles;
} AppendRow;

INLINE float append_element(const AppendRow *from, int d) {
#if HAS_ROTARY
  if (from->is_rotated)
    return ROTARY_ELEMENT(QUERY_TYPE, from->rows, from->at, d, from->cosines, from->sines, from->angles);
#endif
  return TYPE_LOAD(QUERY_TYPE)(from->rows, from->at + d);
}

// Stores chunk number `chunk` of a row of `columns` elements as row number `row`. Where a row has one scale, each of
// its chunks looks at the whole row, and the first stores it.
INLINE void append_chunk(const AppendRow *from, const int columns, int chunk, __global stored_t *to, long row,
                         __global float *scales) {
  const int begin = chunk * QUANTISE_CHUNK, end = min(begin + QUANTISE_CHUNK, columns);
  const long at = quantise_row_at(row, columns);
  float inverse = 1.0f;
#if TYPE_HAS_SCALES(KEY_TYPE)
  const bool is_whole = TYPE_HAS_ROW_SCALE(KEY_TYPE);
  uint largest = 0;
  // Unrolled, it would take 244 registers of a GPU and not 32.
  NO_UNROLL for (int d = is_whole ? 0 : begin; d < (is_whole ? columns : end); d++) {
    largest = max(largest, as_uint(append_element(from, d)) & 0x7fffffffu);
  }
  const float scale = quantise_scale(largest);
  if (!is_whole || begin == 0) scales[row * TYPE_SCALES(KEY_TYPE, columns) + TYPE_SCALE_OF(KEY_TYPE, begin)] = scale;
  inverse = quantise_inverse(scale);
#endif
  for (int d = begin; d < end; d++) TYPE_STORE(KEY_TYPE)(quantise_number(append_element(from, d), inverse), to, at + d);
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
      const AppendRow new_key = {keys, from * HEAD_DIM, HAS_ROTARY, cosines, sines, angles};
      append_chunk(&new_key, HEAD_DIM, chunk, key, to, key_scales);
    } else {
      const AppendRow new_value = {values, from * VALUE_DIM, false, 0, 0, 0};
      append_chunk(&new_value, VALUE_DIM, chunk - KEY_CHUNKS, value, to, value_scales);
    }
    if (chunk == 0 && row == 0 && head == 0) key_lengths[rows.sequence] = rows.first + rows.count;
  }
}
