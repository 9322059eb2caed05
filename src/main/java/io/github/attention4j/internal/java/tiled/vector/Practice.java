package io.github.attention4j.internal.java.tiled.vector;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a loop of vectors has been compiled. Until C2 has done so every vector is an object: at a hundredth of the
 * speed, a call of attention made more than a gigabyte of them before it was. So the first work is done by a loop over
 * numbers with the same operations in the same order, hence the same bits, while the loop of vectors practises on very
 * little data: as often as C2 wants to see it, and then now and then until it is quick.
 */
final class Practice {
    /**
     * C2 asks for 5,000 calls beside a few hundred for C1, and looks every 1,024. It takes 600 calls, too, if loops
     * went round 15,000 times in them; with loops over nothing for that a third of the garbage was made, but what C2
     * made of so few calls was half as fast ever after (Zen 5, JDK 17).
     */
    private static final int CALLS = 5_400;

    /**
     * Practised before each piece of work at most: so many that C2 comes to them before it does to loops over numbers.
     */
    private static final int AT_ONCE = 100;

    /** Practised before the first piece; a process may have few. */
    private static final int AT_FIRST = 5;

    /** One more is practised before a piece for so many that were before. */
    private static final int GROWTH = 32;

    /**
     * Of so many pieces of work the loop does one before it is quick: C2 leaves out what was never done, and would have
     * to compile everybody anew who asks.
     */
    private static final int SEEN = 128;

    /** Between looks whether it is quick by now. */
    private static final long PAUSE_NANOS = 10_000_000;

    /** Turns of a look: C2 asks for more calls where much waits for it, so they go on. */
    private static final int TURNS = 64;

    /** Between a vector's operation, a nanosecond, and one that makes an object, 20 and more. */
    private static final double QUICK_NANOS = 8;

    /** Whoever is not quick after so many looks will not be: emulated processors, compilers that gave up. */
    private static final int MOST_LOOKS = 2_000;

    /** A loop on very little data; on a little more in turns that 16 divides. */
    interface Loop {
        void run(int turn);
    }

    /** Or it would become a part of all that asks, with the loop of whoever practised there. */
    private static MethodHandle practise =
            Apart.find(MethodHandles.lookup(), "practise", MethodType.methodType(boolean.class, Practice.class));

    private final Loop loop;
    private final int operations;
    private final AtomicBoolean busy = new AtomicBoolean();
    private int rests;
    private int calls;
    private int looks;
    private int pieces;
    private long last;
    private boolean over;

    /**
     * @param operations on vectors that a turn takes at least
     * @param loop what is to be compiled, with data of its own; must have run all its branches after some turns
     */
    Practice(int operations, Loop loop) {
        this(operations, 0, loop);
    }

    /** @param rests pieces of work before it begins, of a loop that only a process with much work gains from */
    Practice(int operations, int rests, Loop loop) {
        this.operations = operations;
        this.loop = loop;
        this.rests = rests;
    }

    /** Whether the loop of vectors is to be taken; else it has mostly practised a little. */
    boolean isOver() {
        try {
            return over || (boolean) practise.invokeExact(this);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }

    private static boolean practise(Practice practice) {
        return practice.practise();
    }

    private boolean practise() {
        if (!busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (rests > 0) {
                rests--;
            } else if (calls < CALLS) {
                for (int i = Math.min(AT_ONCE, AT_FIRST + calls / GROWTH); i > 0; i--) {
                    loop.run(calls++);
                }
            } else if (System.nanoTime() - last > PAUSE_NANOS) {
                over = isQuick() || ++looks > MOST_LOOKS;
                last = System.nanoTime();
            }
            return over || ++pieces % SEEN == 0;
        } finally {
            busy.set(false);
        }
    }

    private boolean isQuick() {
        long start = System.nanoTime();
        for (int i = 0; i < TURNS; i++) {
            loop.run(2 * i + 1); // whole tiles: what is left over of some is called too rarely to be waited for
        }
        return System.nanoTime() - start < QUICK_NANOS * operations * TURNS;
    }
}
