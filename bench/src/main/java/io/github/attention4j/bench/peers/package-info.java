/**
 * The engine beside other libraries that compute attention for Java, each in a process of its own. Those libraries are
 * known only to the source folder {@code src/peers}, which is built when they are asked for.
 */
package io.github.attention4j.bench.peers;
