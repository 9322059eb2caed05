// Forward attention of few queries, as in text generation, for wide GPUs: attn_forward_tiles.cl with the query rows of all heads
// that read one key/value head in a work-group, and with the keys shared out to several. So keys and values are read once.
#define IS_FOLDED 1
#include "attn_forward_tiles.cl"
