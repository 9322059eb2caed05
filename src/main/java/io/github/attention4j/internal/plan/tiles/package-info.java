/** The family TILES: {@code attn_forward_tiles}, tiles in local memory, for GPUs. */
package io.github.attention4j.internal.plan.tiles;
