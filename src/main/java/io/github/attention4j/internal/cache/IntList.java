package io.github.attention4j.internal.cache;

import java.util.Arrays;

/** Integers, as many as were added; room that was made once is kept. */
public final class IntList {
    private int[] numbers = new int[16];
    private int size;

    /** Adds one at the end. */
    public void add(int number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** The one at an index. */
    public int get(int index) {
        return numbers[index];
    }

    /** Removes the last; returns it. */
    public int removeLast() {
        return numbers[--size];
    }

    /** Removes all. */
    public void clear() {
        size = 0;
    }

    /** A copy, which later changes do not reach. */
    public int[] toArray() {
        return Arrays.copyOf(numbers, size);
    }
}
