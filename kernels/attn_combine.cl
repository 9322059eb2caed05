// Joins what work-groups found about their shares of the keys into the result. A work-group joins the shares of one
// row, always in the same order, and an empty share changes no bit.
#include "common/fold.clh"
#include "common/items.clh"
#include "common/mask.clh"
#include "common/operands.clh"
#include "common/sequence.clh"
#include "common/softmax.clh"
#include "common/split.clh"

#define JOIN_HEADROOM 0x1p-8f
#define ITEM_COLUMNS CEIL_DIV(VALUE_DIM, ITEMS)  // at most; columns item, item + ITEMS, ...
#if VALUE_DIM % ITEMS == 0
#define EXISTING(d) (d)
#else
#define EXISTING(d) min(d, VALUE_DIM - 1)
#endif

// A loop that has one round cannot be unrolled, and PoCL's compiler says so to the user.
#if ITEMS == 1
#define UNROLL_SHARES NO_UNROLL
#else
#define UNROLL_SHARES UNROLL_EIGHT
#endif

KERNEL(ITEMS) void attn_combine(ATTN_ARGUMENTS, __global const float *restrict partial) {
  __local float of_item[ITEMS], sums[ITEMS];  // of so many shares at a time
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1), row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const int splits = row < s.queries ? p.splits : 0;  // none of a row that is not there
  __global const float *parts = partial + split_partial(batch, head, row, 0, &p);

  float row_max = -INFINITY, row_sum = 0.0f, acc[ITEM_COLUMNS];
  for (int split = item; split < splits; split += ITEMS)
    row_max = max(row_max, parts[split * PARTIAL_SIZE + PARTIAL_MAX]);
  of_item[item] = row_max;
  items_barrier();
  for (int other = 0; other < ITEMS; other++) row_max = max(row_max, of_item[other]);
  UNROLL_ON_GPU for (int c = 0; c < ITEM_COLUMNS; c++) acc[c] = 0.0f;

  for (int start = 0; start < splits; start += ITEMS) {
    const int count = min(ITEMS, splits - start);
    __global const float *share = parts + (start + min(item, count - 1)) * PARTIAL_SIZE;
    const float part_max = share[PARTIAL_MAX], part_sum = share[PARTIAL_SUM];
    items_barrier();  // the last shares have been read
    // Less a headroom of its own, for together the shares may have more keys than a share's weights leave room for.
    of_item[item] = part_max == row_max ? JOIN_HEADROOM : exp4(part_max - row_max, 0) * JOIN_HEADROOM;
    sums[item] = part_sum;
    items_barrier();
    // Several shares at once on their way: one after another, the join took a third of a step's time (H100, 132
    // shares).
    UNROLL_SHARES for (int i = 0; i < count; i++) {
      __global const float *part = parts + (start + i) * PARTIAL_SIZE + PARTIAL_OUT;
      const float factor = of_item[i];
      const bool has_keys = sums[i] != 0.0f;  // also where it is a NaN; else the output was not written
      row_sum += has_keys ? sums[i] * factor : 0.0f;
      UNROLL_ON_GPU for (int c = 0; c < ITEM_COLUMNS; c++) {
        const float number = part[EXISTING(item + c * ITEMS)];
        acc[c] = has_keys ? fma(number, factor, acc[c]) : acc[c];
      }
    }
  }
  const float norm = softmax_norm(row_sum, &p);
  const long out_at = params_at(&p.out, batch, head, s.query_row + row);
  UNROLL_ON_GPU for (int c = 0; c < ITEM_COLUMNS; c++) {
    const int d = item + c * ITEMS;
    if (splits > 0 && d < VALUE_DIM) TYPE_STORE(OUT_TYPE)(softmax_mean(acc[c], norm), out, out_at + d);
  }
  if (item == 0 && splits > 0 && PARAMS_HAVE(&p, LSE))
    lse[params_at(&p.lse, batch, head, s.query_row + row)] = softmax_lse(row_max, row_sum / JOIN_HEADROOM);
}
