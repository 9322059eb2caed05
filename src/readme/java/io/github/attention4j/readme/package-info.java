/** What the tests of several artifacts share: their READMEs' examples, and the texts that these embed. */
package io.github.attention4j.readme;
