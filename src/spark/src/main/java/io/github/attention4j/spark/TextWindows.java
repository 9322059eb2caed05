package io.github.attention4j.spark;

import io.github.attention4j.transformer.TextEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Goes through the items of a partition and gives each its text's vector. So many are read ahead that the encoder finds
 * texts of like lengths for its batches.
 *
 * @param <T> items
 * @param <R> items with vectors
 */
final class TextWindows<T, R> implements Iterator<R> {
    private static final int WINDOW_TEXTS = 4096;
    private static final int WINDOW_CHARACTERS = 1 << 22;

    private final Iterator<T> items;
    private final Function<T, String> text;
    private final BiFunction<T, float[], R> result;
    private final Supplier<TextEncoder> encoder;
    private Iterator<R> ready = Collections.emptyIterator();

    TextWindows(
            Iterator<T> items,
            Function<T, String> text,
            BiFunction<T, float[], R> result,
            Supplier<TextEncoder> encoder) {
        this.items = items;
        this.text = text;
        this.result = result;
        this.encoder = encoder;
    }

    @Override
    public boolean hasNext() {
        return ready.hasNext() || items.hasNext();
    }

    @Override
    public R next() {
        if (!ready.hasNext() && items.hasNext()) {
            ready = window().iterator();
        }
        return ready.next();
    }

    private List<R> window() {
        List<T> window = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        long characters = 0;
        while (items.hasNext() && window.size() < WINDOW_TEXTS && characters < WINDOW_CHARACTERS) {
            T item = items.next();
            window.add(item);
            String some = text.apply(item);
            if (some != null) {
                texts.add(some);
                characters += some.length();
            }
        }
        Iterator<float[]> vectors = texts.isEmpty()
                ? Collections.emptyIterator()
                : encoder.get().embed(texts).iterator();
        List<R> results = new ArrayList<>(window.size());
        for (T item : window) {
            results.add(result.apply(item, text.apply(item) == null ? null : vectors.next()));
        }
        return results;
    }
}
