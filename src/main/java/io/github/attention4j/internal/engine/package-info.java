/**
 * Where everything meets: finds the devices of all kinds, opens what computes on one of them, keeps its plans, and
 * tells why a device is not used. It may know every other room; none knows it.
 */
package io.github.attention4j.internal.engine;
