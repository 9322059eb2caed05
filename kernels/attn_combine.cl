// Joins what work-groups found about their shares of the keys into the result. A work-group joins the shares of one row, always in the
// same order, and an empty share changes no bit.
#include "lib/config.clh"
#include "lib/basics.clh"
#include "lib/types.clh"
#include "lib/params.clh"
#include "lib/sequence.clh"
#include "lib/fold.clh"
#include "lib/mask.clh"
#include "lib/one_row.clh"
#include "lib/softmax.clh"
#include "lib/split.clh"

#if !defined(ITEMS)
#error "ITEMS must be defined; KernelOptions.java sets it"
#endif

KERNEL(ITEMS) void attn_combine(ATTN_ARGUMENTS, __global const float *restrict partial) {
  __local float acc[VALUE_DIM];  // a work-item's columns are its own, so there is nothing to wait for
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1), row = get_group_id(0);
  const Sequence s = SEQUENCE(batch);
  const int columns = row < s.queries ? VALUE_DIM : 0;  // none of a row that is not there
  const int splits = row < s.queries ? p.splits : 0;
  const long first = split_partial(batch, head, row, 0, &p);

  float row_max = -INFINITY, row_sum = 0.0f;
  for (int split = 0; split < splits; split++)
    row_max = max(row_max, partial[first + split * PARTIAL_SIZE + PARTIAL_MAX]);
  for (int d = item; d < columns; d += ITEMS) acc[d] = 0.0f;
  for (int split = 0; split < splits; split++) {
    __global const float *part = partial + first + split * PARTIAL_SIZE;
    const float part_max = part[PARTIAL_MAX], part_sum = part[PARTIAL_SUM];
    if (part_sum != 0.0f) {  // also where it is a NaN
      const float factor = part_max == row_max ? 1.0f : exp2(part_max - row_max);
      row_sum += part_sum * factor;
      for (int d = item; d < columns; d += ITEMS) acc[d] = fma(part[PARTIAL_OUT + d], factor, acc[d]);
    }
  }
  const float norm = softmax_norm(row_sum);
  const long out_at = params_at(&p.out, batch, head, s.query_row + row);
  for (int d = item; d < columns; d += ITEMS) TYPE_STORE(OUT_TYPE)(acc[d] * norm, out, out_at + d);
  if (item == 0 && row < s.queries && PARAMS_HAVE(&p, LSE))
    lse[params_at(&p.lse, batch, head, s.query_row + row)] = softmax_lse(row_max, row_sum);
}
