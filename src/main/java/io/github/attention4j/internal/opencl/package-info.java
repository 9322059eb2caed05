/** Talks to OpenCL drivers: devices, contexts, queues, buffers, programs and their cache. The only place that knows JOCL. */
package io.github.attention4j.internal.opencl;
