/** The family LANES: {@code attn_forward_lanes}, a query a vector lane, for processors. */
package io.github.attention4j.internal.plan.lanes;
