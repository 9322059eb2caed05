/** Tables of measured tiles: how they are read and which row speaks for a call. */
package io.github.attention4j.internal.plan.tuning;
