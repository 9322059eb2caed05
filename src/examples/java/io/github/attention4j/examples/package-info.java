/**
 * Small whole programs, one a way to use the library. They make their own data and print their result; the README
 * quotes the first.
 */
package io.github.attention4j.examples;
