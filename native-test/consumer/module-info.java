/** A program that uses the library as a module and names nothing else. */
module demo {
    requires io.github.attention4j;
}
