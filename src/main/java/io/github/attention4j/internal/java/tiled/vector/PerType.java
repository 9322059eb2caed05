package io.github.attention4j.internal.java.tiled.vector;

import io.github.attention4j.internal.java.memory.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Loops with a class for each type of elements. C2 compiles a method once, for all that it has seen: in a loop that may
 * read one type or another, every vector would be an object. So a class that is written once is defined again, from the
 * same bytes, for each further type, which is a constant to it.
 */
final class PerType {
    private PerType() {}

    /** What the class of a lookup was defined for; the one that is written, for floats. */
    static Codec codec(MethodHandles.Lookup lookup) {
        try {
            Codec codec = MethodHandles.classData(lookup, "_", Codec.class);
            return codec == null ? Codec.F32 : codec;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** An object of a class that is defined for this type; the class written has a constructor without parameters. */
    static <T> T define(Class<? extends T> written, Class<T> type, Codec codec) {
        try (InputStream in = written.getResourceAsStream(written.getSimpleName() + ".class")) {
            if (in == null) {
                throw new LinkageError("the class path has no file of " + written.getName());
            }
            MethodHandles.Lookup defined =
                    MethodHandles.lookup().defineHiddenClassWithClassData(in.readAllBytes(), codec, true);
            return type.cast(defined.findConstructor(defined.lookupClass(), MethodType.methodType(void.class))
                    .invoke());
        } catch (IOException | ReflectiveOperationException e) {
            throw new LinkageError("no " + written.getSimpleName() + " for " + codec, e);
        } catch (Throwable e) {
            throw Apart.thrown(e);
        }
    }
}
