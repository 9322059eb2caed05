package io.github.attention4j;

import io.github.attention4j.internal.DependencyJars;
import io.github.attention4j.internal.engine.Diagnosis;

/**
 * The command that prints {@link AttentionEngine#diagnose()}: {@code java -jar attention4j.jar} (with JOCL's and
 * SLF4J's jars beside it, or from a Maven repository), {@code java -cp ... io.github.attention4j.Diagnose}, or
 * {@code java -p ... -m io.github.attention4j}.
 */
public final class Diagnose {
    private static final String HELP = """
            Prints which OpenCL drivers and devices this machine has, why one is not used, and what to do.

            Usage: java -jar attention4j-<version>.jar
                   java -cp <class path of your program> io.github.attention4j.Diagnose
                   java -p <module path of your program> -m io.github.attention4j

            The first takes JOCL's and SLF4J's jars from the same folder, or from the local Maven repository that its jar lies in.
            What a program sees depends on its class path, environment and options, so give this command the same.
            -Dattention4j.amx=false keeps engines from using AMX of Intel's processors: EngineOptions.withAmx says what that changes.

            Exit code: 0 if AttentionEngine.open() gets an OpenCL device, 1 if it computes in pure Java, 2 for a wrong argument.
            """;

    private Diagnose() {}

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            boolean help = arguments.length == 1 && (arguments[0].equals("--help") || arguments[0].equals("-h"));
            (help ? System.out : System.err).print(HELP);
            System.exit(help ? 0 : 2);
        }
        ClassLoader complete = DependencyJars.loader();
        if (complete != null) {
            try {
                System.exit((int) Class.forName(Diagnose.class.getName(), true, complete)
                        .getDeclaredMethod("print")
                        .invoke(null));
            } catch (ReflectiveOperationException e) {
                System.err.println("not with " + complete + ": " + e);
            }
        }
        System.exit(print());
    }

    /** Prints, and returns the exit code. Public for the same class of another loader. */
    public static int print() {
        Diagnosis diagnosis = Diagnosis.make();
        System.out.println(diagnosis.text());
        return diagnosis.hasDevice() ? 0 : 1;
    }
}
