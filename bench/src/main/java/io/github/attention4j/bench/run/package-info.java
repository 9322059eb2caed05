/**
 * What all measurements stand on: cases, contenders whose answers are checked before they are timed, turns, and the
 * device's own clock.
 */
package io.github.attention4j.bench.run;
