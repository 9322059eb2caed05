/**
 * Every row of the speed page from one run: the parts that it is made of, their tables, and how quiet the machine was.
 */
package io.github.attention4j.bench.speed;
