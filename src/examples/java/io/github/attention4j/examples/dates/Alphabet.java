package io.github.attention4j.examples.dates;

/** Characters and their numbers. Number 0 is no character: it pads what is read, and starts what is written. */
final class Alphabet {
    /** What dates are written with. */
    static final Alphabet READ = new Alphabet(" ,./0123456789ADFJMNOSTWabcdefghijlmnoprstuvwy");
    /** What {@code 2021-05-03} is written with. */
    static final Alphabet WRITTEN = new Alphabet("-0123456789");

    private final String characters;

    private Alphabet(String characters) {
        this.characters = characters;
    }

    /** How many numbers there are. */
    int size() {
        return characters.length() + 1;
    }

    int[] numbers(String text) {
        return text.chars().map(c -> characters.indexOf(c) + 1).toArray();
    }

    /** The character of a number; none for 0. */
    String character(int number) {
        return number == 0 ? "" : characters.substring(number - 1, number);
    }
}
