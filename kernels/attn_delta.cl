// The first of the kernels of gradients: delta = sum over d of gradOut[d] * out[d], less gradLse, of every row. A row a
// work-group.
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

#define CHAINS 4  // sums side by side, or each addition would wait for the one before

KERNEL(ITEMS) void attn_delta(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float of_item[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1), row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const bool exists = row < s.queries;
  // Behind an empty entry at the end there is no row; any that is there will do where nothing is kept.
  const int at = exists ? s.query_row + row : 0;
  const long out_at = params_at(&p.out, batch, head, at), grad_at = params_at(&p.grad_out, batch, head, at);

  float sum[CHAINS];
  UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = 0.0f;
  for (int start = item * CHAINS; start < VALUE_DIM; start += ITEMS * CHAINS) {
    UNROLL for (int i = 0; i < CHAINS; i++) {
      const int d = min(start + i, VALUE_DIM - 1);
      const float product = TYPE_LOAD(OUT_TYPE)(out, out_at + d) * TYPE_LOAD(GRAD_OUT_TYPE)(grad_out, grad_at + d);
      sum[i] += exists && start + i < VALUE_DIM ? product : 0.0f;
    }
  }
  of_item[item] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  items_barrier();  // all sums are visible
  if (item == 0 && exists) {
    float delta = 0.0f;
    for (int other = 0; other < ITEMS; other++) delta += of_item[other];
    if (PARAMS_HAVE(&p, GRAD_LSE)) delta -= grad_lse[params_at(&p.grad_lse, batch, head, at)];
    const bool is_empty = lse[params_at(&p.lse, batch, head, at)] == -INFINITY;
    scratch[scratch_delta(&p) + scratch_row(batch, head, row, &p)] = is_empty ? 0.0f : delta;
  }
}
