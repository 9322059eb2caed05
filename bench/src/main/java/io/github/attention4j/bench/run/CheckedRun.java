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

/** Contenders that are checked one by one, and those of them that are right timed in turns. They are closed with it. */
public final class CheckedRun implements AutoCloseable {
    private final BiPredicate<String, Verdict> check;
    private final Consumer<String> notes;
    private final Timer timer;
    private final List<Contender> contenders = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    /** Times contenders against one another: {@link Interleaved#measure}. */
    public interface Timer {
        /** The times of all contenders, in their order. */
        List<Timing> measure(List<Contender> contenders, Pace pace, Runnable afterWarmUp, Runnable afterRound);
    }

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
    public <C extends Contender> boolean add(String what, Supplier<C> open, Function<? super C, Verdict> judge) {
        C contender;
        try {
            contender = open.get();
        } catch (UnsupportedOperationException e) {
            notes.accept(what + " is not supported: " + e.getMessage());
            return false;
        }
        boolean right = false;
        try {
            Verdict verdict = judge.apply(contender);
            right = check.test(what, verdict);
            if (right) {
                contenders.add(contender);
                verdicts.add(verdict);
            } else {
                notes.accept("not timed, because its answer is wrong: " + what);
            }
        } catch (DeviceException e) {
            check.test(what, new Verdict(Double.NaN, 0));
            notes.accept("not timed, because it failed: " + what + ": " + e.getMessage());
        } finally {
            if (!right) {
                contender.close();
            }
        }
        return right;
    }

    /** Adds one whose answer nobody asks for. */
    public void addUnchecked(Contender contender) {
        contenders.add(contender);
        verdicts.add(new Verdict(0, 0));
    }

    /** Those that are right, in the order in which they came. */
    public List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** How far each of them is from the right answer. */
    public List<Verdict> verdicts() {
        return List.copyOf(verdicts);
    }

    /**
     * Their times, in the same order.
     *
     * @param afterStep is called after each warm-up and after each round
     */
    public List<Timing> time(Pace pace, Runnable afterStep) {
        return timer.measure(contenders(), pace, afterStep, afterStep);
    }

    @Override
    public void close() {
        contenders.forEach(Contender::close);
    }
}
