package io.github.attention4j.bench.run;

import io.github.attention4j.DeviceException;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.testing.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Contenders that are checked one by one, and those of them that are right timed in turns. They are closed with it.
 *
 * @param <K> what a contender stands for
 */
public final class CheckedRun<K> implements AutoCloseable {
    private final BiPredicate<String, Verdict> check;
    private final Consumer<String> notes;
    private final Timer timer;
    private final List<Timed<K>> right = new ArrayList<>();

    /** Times contenders against one another: {@link Interleaved#measure}. */
    public interface Timer {
        /** The times of all contenders, in their order. */
        List<Timing> measure(List<Contender> contenders, Pace pace, Runnable afterStep);
    }

    /**
     * A contender that is right.
     *
     * @param key what it stands for
     * @param verdict how far it is from the right answer
     * @param timing null as long as it is not timed
     */
    public record Timed<K>(K key, Contender contender, Verdict verdict, Timing timing) {}

    /**
     * None yet.
     *
     * @param check takes what was computed and how good it is, and says whether that is good enough
     * @param notes takes a line on each that is not timed
     */
    public CheckedRun(BiPredicate<String, Verdict> check, Consumer<String> notes) {
        this(check, notes, Interleaved::measure);
    }

    /** Likewise, with a timer of one's own. */
    public CheckedRun(BiPredicate<String, Verdict> check, Consumer<String> notes, Timer timer) {
        this.check = check;
        this.notes = notes;
        this.timer = timer;
    }

    /**
     * Opens a contender, runs it once and judges its answer; whether it is right, and so will be timed. What a device
     * cannot do is a fact to report and no failure; a device that fails is one.
     */
    public <C extends Contender> boolean add(K key, String what, Supplier<C> open, Function<? super C, Verdict> judge) {
        C contender;
        try {
            contender = open.get();
        } catch (UnsupportedOperationException e) {
            notes.accept(what + " is not supported: " + e.getMessage());
            return false;
        }
        boolean isRight = false;
        try {
            Verdict verdict = judge.apply(contender);
            isRight = check.test(what, verdict);
            if (isRight) {
                right.add(new Timed<>(key, contender, verdict, null));
            } else {
                notes.accept("not timed, because its answer is wrong: " + what);
            }
        } catch (DeviceException e) {
            check.test(what, new Verdict(Double.NaN, 0));
            notes.accept("not timed, because it failed: " + what + ": " + e.getMessage());
        } finally {
            if (!isRight) {
                contender.close();
            }
        }
        return isRight;
    }

    /** Adds one whose answer nobody asks for. */
    public void addUnchecked(K key, Contender contender) {
        right.add(new Timed<>(key, contender, new Verdict(0, 0), null));
    }

    /**
     * Those that are right with their times, in the order in which they came.
     *
     * @param afterStep is called after each warm-up and after each round
     */
    public List<Timed<K>> time(Pace pace, Runnable afterStep) {
        List<Timing> timings =
                timer.measure(right.stream().map(Timed::contender).toList(), pace, afterStep);
        List<Timed<K>> timed = new ArrayList<>();
        for (int i = 0; i < timings.size(); i++) {
            Timed<K> each = right.get(i);
            timed.add(new Timed<>(each.key(), each.contender(), each.verdict(), timings.get(i)));
        }
        return timed;
    }

    @Override
    public void close() {
        right.forEach(each -> each.contender().close());
    }
}
