/**
 * The family DECODE: {@code attn_decode_lanes}, {@code attn_decode_rows} and {@code attn_decode_tiles}, for few
 * queries.
 */
package io.github.attention4j.internal.plan.decode;
