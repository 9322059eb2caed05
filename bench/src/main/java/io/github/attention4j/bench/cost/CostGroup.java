package io.github.attention4j.bench.cost;

import java.util.List;

/**
 * Calls that are timed in turns.
 *
 * @param plain the call that the others are compared with
 * @param options the others
 */
public record CostGroup(CostCase plain, List<CostCase> options) {}
