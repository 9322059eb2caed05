// From rows in the scratch to those of an operand, the gradient of the query or of the key: shares are summed in their
// order, rotated rows turned back, and the sum rounded, after what is there was added if that is asked for. A row a
// work-group.
#include "backward/gradient.clh"
#include "backward/scratch.clh"
#include "common/operands.clh"
#include "common/rows.clh"
#include "common/sequence.clh"

#if !defined(ITEMS) || !defined(IS_OF_KEYS)
#error "ITEMS and IS_OF_KEYS must be defined; KernelOptions.java sets them"
#endif

#if IS_OF_KEYS
#define ROW_GRADIENT grad_key
#define ROW_TYPE GRAD_KEY_TYPE
#else
#define ROW_GRADIENT grad_query
#define ROW_TYPE GRAD_QUERY_TYPE
#endif

// Element d of the row, summed over `shares` that are `apart` floats from one another.
INLINE float gradient_element(__global const float *row, int d, int shares, long apart) {
  float sum = 0.0f;
  for (int share = 0; share < shares; share++) sum += row[share * apart + d];
  return sum;
}

KERNEL(ITEMS) void attn_gradient_rows(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1), row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const Rows rows = rows_of(&operands, batch, IS_OF_KEYS ? head * p.group_size : head, &s, &p);
#if IS_OF_KEYS
  const int existing = gradient_keys(&operands, batch, &p), first = s.key_row, shares = row < s.keys ? 1 : 0;
  const long apart = 0, angles = rows_key_angles(&rows, row, &p);
  __global const float *from = scratch + scratch_keys(p.splits, &p) + scratch_key(batch, head, row, &p) * HEAD_DIM;
#else
  const int existing = s.queries, first = s.query_row, shares = p.splits;
  const long apart = scratch_queries(1, &p) - scratch_queries(0, &p), angles = rows_query_angles(&rows, row, &p);
  __global const float *from = scratch + scratch_queries(0, &p) + scratch_row(batch, head, row, &p) * HEAD_DIM;
#endif
  if (row >= existing) return;
  const long at = params_at(&p.ROW_GRADIENT, batch, head, first + row);
  for (int d = item; d < HEAD_DIM; d += ITEMS) {
    float sum = gradient_element(from, d, shares, apart);
#if HAS_ROTARY
    if (d < ROTARY_DIM) {
      const float other = gradient_element(from, ROTARY_PARTNER(d), shares, apart);
      const long angle = angles + ROTARY_ANGLE(d);
      sum = sum * rows.cos[angle] + (ROTARY_IS_FIRST(d) ? 1.0f : -1.0f) * other * rows.sin[angle];
    }
#endif
    if (p.accumulates) sum += TYPE_LOAD(ROW_TYPE)(ROW_GRADIENT, at + d);
    TYPE_STORE(ROW_TYPE)(sum, ROW_GRADIENT, at + d);
  }
}
