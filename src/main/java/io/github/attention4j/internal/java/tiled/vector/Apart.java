package io.github.attention4j.internal.java.tiled.vector;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;

/**
 * Loops that the compiler shall not put into their callers. C2 of Java 17 looks into the Vector API's methods while it
 * reads a method until that has 18,000 nodes. So many are 55 to 80 operations on vectors, and fewer where other calls
 * have taught it more cases. It comes to the rest in the end, too late for sums that go round a loop: each is made an
 * object in each step (half as fast, or worse, for as long as the process lives). So a loop has some operations fewer
 * than that, and is compiled apart from others: a method handle that is not a constant is called and never inlined, so
 * its owner keeps it in a field that is static and not final.
 */
final class Apart {
    private static final Class<? extends FloatVector> VECTOR_CLASS =
            FloatVector.zero(VectorPanel.SPECIES).getClass();

    private static final Class<? extends IntVector> INTEGER_CLASS =
            IntVector.zero(VectorPanel.SPECIES.withLanes(int.class)).getClass();

    private Apart() {}

    /** The static method of this name that returns nothing. */
    static MethodHandle find(MethodHandles.Lookup owner, String name, Class<?>... parameters) {
        return find(owner, name, MethodType.methodType(void.class, parameters));
    }

    /** The static method of this name and type. */
    static MethodHandle find(MethodHandles.Lookup owner, String name, MethodType type) {
        try {
            return owner.findStatic(owner.lookupClass(), name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** What a handle threw whose method declares nothing. */
    static RuntimeException thrown(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }

    /**
     * The same vector, which may be what a conversion has made. A step that is handed one begins with this: compiled by
     * itself it would know of the class only what earlier calls taught it, and make an object of each result if that
     * was too little.
     */
    static FloatVector known(Vector<Float> x) {
        return VECTOR_CLASS.cast(x);
    }

    /** {@link #known} of what a conversion has made. */
    static IntVector knownIntegers(Vector<Integer> x) {
        return INTEGER_CLASS.cast(x);
    }
}
