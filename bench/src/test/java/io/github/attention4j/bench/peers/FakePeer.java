package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.run.Case;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Pass;
import io.github.attention4j.bench.run.PlainLoops;
import java.util.Locale;
import java.util.Map;

/** A library that behaves as its name says; used in processes of its own. */
public final class FakePeer implements Peer {
    static final int EXTRA_MEGABYTES = 200;

    /** What it may do. */
    public enum Behaviour {
        RIGHT,
        TALKATIVE,
        GREEDY,
        WRONG,
        NOT_A_NUMBER,
        LACKING,
        THROWING,
        CRASHING,
        CRASHING_LATER,
        UNLOADABLE
    }

    private final Behaviour behaviour;

    /** Takes the name of a {@link Behaviour}. */
    public FakePeer(String behaviour) {
        this.behaviour = Behaviour.valueOf(behaviour);
        if (this.behaviour == Behaviour.UNLOADABLE) {
            throw new UnsatisfiedLinkError("no such library");
        }
    }

    /** A contender that behaves so. */
    public static PeerKind kind(Behaviour behaviour) {
        String name = behaviour.name().toLowerCase(Locale.ROOT);
        return new PeerKind(
                name,
                FakePeer.class.getName(),
                behaviour.name(),
                Map.of(),
                0,
                20,
                Double.POSITIVE_INFINITY,
                Pass.FORWARD);
    }

    @Override
    public String version() {
        return "fake 1";
    }

    @Override
    public boolean takesOutput() {
        return true;
    }

    @Override
    public Contender prepare(Case problem) {
        if (behaviour == Behaviour.LACKING) {
            throw new NotOfferedException("it lacks a mask");
        }
        return new FakeContender(problem);
    }

    private final class FakeContender implements Contender {
        private final PlainLoops loops;
        private final boolean small;
        private byte[] extra;
        private float[] out;
        private boolean handedOver;

        FakeContender(Case problem) {
            loops = new PlainLoops(problem);
            small = problem.name().equals("small");
        }

        @Override
        public String family() {
            return "loops, of a kind";
        }

        @Override
        public void run() {
            loops.run();
            out = loops.output();
            switch (behaviour) {
                case TALKATIVE -> System.out.print("no @peer failed of mine, and no end of line");
                case GREEDY -> extra = new byte[small ? 0 : EXTRA_MEGABYTES << 20];
                case WRONG -> out[out.length - 1] += 1e-3f;
                case NOT_A_NUMBER -> out[1] = Float.NaN;
                case THROWING -> throw new IllegalStateException("outer", new IllegalStateException("no such kernel"));
                case CRASHING -> crash(134);
                case CRASHING_LATER -> {
                    if (handedOver) {
                        crash(139);
                    }
                }
                default -> {}
            }
        }

        private void crash(int status) {
            System.out.println("terminate called");
            System.out.flush();
            Runtime.getRuntime().halt(status);
        }

        @Override
        public float[] output() {
            handedOver = true;
            return out;
        }
    }
}
