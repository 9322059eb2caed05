/**
 * Talks to OpenCL drivers: devices, contexts, queues, buffers, programs and their cache, and what drivers need to be
 * kept from doing. The only place that knows JOCL. It runs what planning has decided and decides nothing of that
 * itself; pure Java, which answers are checked against, it knows as a {@code Backend} only.
 */
package io.github.attention4j.internal.opencl;
