/**
 * One engine over several devices: a call's batch entries or heads are shared out by what each device was measured to
 * do, computed side by side, and written to one output.
 */
package io.github.attention4j.internal.several;
