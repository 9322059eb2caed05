/** One report: cells with names, as text, JSON and HTML. Knows no kind of measurement. */
package io.github.attention4j.bench.report;
