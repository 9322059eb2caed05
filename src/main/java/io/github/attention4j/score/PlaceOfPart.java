package io.github.attention4j.score;

import java.util.List;

/**
 * What a part of a call must be told about the whole one for functions of places: the first entry of the batch, head,
 * key/value head and query that it has, and how many queries an entry of the whole call has. Keys count alike in both.
 */
public enum PlaceOfPart {
    FIRST_BATCH(Operation.BATCH),
    FIRST_HEAD(Operation.HEAD),
    FIRST_KV_HEAD(Operation.KV_HEAD),
    FIRST_QUERY(Operation.QUERY),
    QUERY_LENGTH(Operation.QUERY_LENGTH);

    /** How many numbers they are. */
    public static final int COUNT = values().length;

    private final Operation operation;

    PlaceOfPart(Operation operation) {
        this.operation = operation;
    }

    /**
     * Writes steps anew.
     *
     * @return where the result of each step is now
     */
    static int[] move(List<Step> steps, int numbers, List<Step> moved) {
        int[] places = new int[steps.size()];
        for (int i = 0; i < places.length; i++) {
            Step step = steps.get(i);
            moved.add(new Step(
                    step.operation(),
                    step.arguments().stream().map(argument -> places[argument]).toList(),
                    step.bits()));
            places[i] = moved.size() - 1;
            for (PlaceOfPart place : values()) {
                if (place.operation == step.operation()) {
                    places[i] = place.add(places[i], numbers, moved);
                }
            }
        }
        return places;
    }

    /** The whole call's number from the part's. */
    private int add(int own, int numbers, List<Step> moved) {
        int at = own;
        if (this == QUERY_LENGTH) {
            moved.remove(own);
            at--;
        }
        moved.add(new Step(Operation.NUMBER, List.of(), numbers + ordinal()));
        moved.add(new Step(Operation.TO_INT, List.of(at + 1), 0));
        if (this != QUERY_LENGTH) {
            moved.add(new Step(Operation.INT_ADD, List.of(own, at + 2), 0));
        }
        return moved.size() - 1;
    }
}
