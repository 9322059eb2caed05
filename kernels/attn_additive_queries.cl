// Gradients of the query and of the vector of additive scores, on any device: a work-group owns a row of a query head
// and walks over the keys that it sees, a chunk at a time.
#include "backward/additive.clh"
#include "backward/scratch.clh"
#include "common/items.clh"
#include "common/operands.clh"
#include "common/sequence.clh"

KERNEL(ITEMS) void attn_additive_queries(ATTN_ARGUMENTS SCRATCH_ARGUMENT) {
  __local float grads[CHUNK], of_item[ITEMS];
  const Operands operands = OPERANDS;
  const int item = get_local_id(0), batch = get_group_id(2), head = get_group_id(1), row = get_group_id(0);
  const Sequence s = sequence_of(&operands, batch, &p);
  const bool exists = row < s.queries;
  const Rows rows = rows_of(&operands, batch, head, &s, &p);
  const Pairs pairs = pairs_of(&operands, batch, head, &p);
  const score_head_t of_head = score_head(&operands, batch, head, &p);
  const PairRow r = pair_row(&operands, lse, scratch, batch, head, exists ? row : 0, &s, &rows, &p);
  const int begin = r.seen.begin, end = exists ? r.seen.end : begin;
  float queries[ITEM_COLUMNS], vectors[ITEM_COLUMNS], slopes = 0.0f;
  additive_clear(queries, ITEM_COLUMNS);
  additive_clear(vectors, ITEM_COLUMNS);

  for (int start = begin; start < end; start += CHUNK) {
    const int count = min(CHUNK, end - start);
    for (int i = item; i < count; i += ITEMS) {
      const PairGradient pair = pair_gradients(&operands, &pairs, &r, start + i, &s, &rows, of_head, &p);
      grads[i] = pair.dot;
      slopes -= pair.score * abs(row + s.keys - s.queries - start - i);
    }
    items_barrier();  // the chunk's gradients are visible
    for (int i = 0; i < count; i++) {
      if (grads[i] != 0.0f) additive_add(queries, vectors, grads[i], &rows, row, start + i);
    }
    items_barrier();  // and have been read
  }
  of_item[item] = slopes;
  items_barrier();  // all sums are visible
  const long scratch_at = scratch_row(batch, head, row, &p);
  if (item == 0 && exists && PARAMS_HAVE(&p, GRAD_ALIBI_SLOPES)) {
    float sum = 0.0f;
    for (int other = 0; other < ITEMS; other++) sum += of_item[other];
    scratch[scratch_slopes(&p) + scratch_at] = sum;
  }
  const long at = params_at(&p.grad_query, batch, head, s.query_row + row);
  for (int c = 0; c < ITEM_COLUMNS && exists; c++) {
    const int d = additive_column(c, HEAD_DIM);
    if (!additive_has(c, HEAD_DIM)) continue;
    if (PARAMS_HAVE(&p, GRAD_ADDITIVE_VECTOR)) scratch[scratch_vectors(&p) + scratch_at * HEAD_DIM + d] = vectors[c];
#if GRAD_QUERY_TYPE
    const float before = p.accumulates ? TYPE_LOAD(GRAD_QUERY_TYPE)(grad_query, at + d) : 0.0f;
    TYPE_STORE(GRAD_QUERY_TYPE)(before + queries[c], grad_query, at + d);
#endif
  }
}
