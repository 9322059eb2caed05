// Takes queries, keys and values of f32 apart for the matrix unit, see lib/matrix/pieces.clh, and notes which heads
// cannot be. A work-group has PIECE_ROWS rows of a head of one of the three.
#include "common/operands.clh"
#include "common/rows.clh"
#include "common/sequence.clh"
#include "matrix/pieces.clh"
#include "common/items.clh"

// An element as it is multiplied; `of` is 0 for a query, 1 for a key, 2 for a value.
INLINE float element(int of, const Rows *rows, int row, int column) {
  if (of == 2) return column < VALUE_DIM ? rows_value(rows, row, column) : 0.0f;
  if (column >= HEAD_DIM) return 0.0f;
  return of == 1 ? rows_key(rows, row, column, 0) : rows_query(rows, row, column, 0);
}

INLINE bool is_whole(int of, float x) {
  const float size = fabs(x);  // a NaN is neither below nor above anything
  if (of < 2) return size < LARGEST_IN_SCORES;
  return size < LARGEST_VALUE && (size >= SMALLEST_VALUE || size == 0.0f);
}

KERNEL(ITEMS) void attn_pieces(ATTN_ARGUMENTS PIECES_ARGUMENT) {
  __local uchar found[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), group = get_group_id(0), line = get_group_id(1), batch = get_group_id(2);
  const int kv_heads = p.heads / p.group_size;
  const int of = line < p.heads ? 0 : line < p.heads + kv_heads ? 1 : 2;
  const int head = of == 0 ? line : (line - p.heads) % kv_heads * p.group_size;
  const Sequence s = sequence_of(&operands, batch, &p);
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const int words = (of == 2 ? VALUE_COLUMNS : HEAD_COLUMNS) / PIECES / 2;
  const int begin = group * PIECE_ROWS, end = min(begin + PIECE_ROWS, of == 0 ? s.queries : s.keys);
  __global uint *to = pieces + pieces_at(batch, line, &p);

  bool whole = true;
  for (int i = item; i < (end - begin) * words; i += ITEMS) {
    const int row = begin + i / words, word = i % words;
    float even = element(of, &rows, row, 2 * word), odd = element(of, &rows, row, 2 * word + 1);
    whole = whole && is_whole(of, even) && is_whole(of, odd);
    for (int piece = 0; piece < PIECES; piece++) {
      to[((long)row * PIECES + piece) * words + word] = round16_pair(even, odd);
      pieces_rest(&even, &odd);
    }
  }
  found[item] = !whole;
  items_barrier();  // what each has found is visible
  if (item == 0) {
    uint any = 0;
    for (int i = 0; i < ITEMS; i++) any |= found[i];
    pieces[piece_flag(batch, line, &p) + group] = any;
  }
}
