package io.github.attention4j.internal.kernel;

import io.github.attention4j.internal.Resource;
import io.github.attention4j.internal.operand.OperandText;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * A kernel file with its includes pasted in, each once: a jar has no include path. {@link OperandText} is one of them,
 * though no file. Frames of {@code #line} make the compiler name our files and lines.
 */
public final class KernelSource {
    private static final String FOLDER = "/io/github/attention4j/kernels/";
    private static final String INCLUDE = "#include \"";
    private static final String LIBRARY = "lib/"; // what names in includes are relative to

    private final Set<String> pasted = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    private KernelSource() {}

    /** The whole text of {@code kernel}, whose file is {@code kernel + ".cl"}. */
    public static String of(String kernel) {
        KernelSource source = new KernelSource();
        source.paste(kernel + ".cl");
        return source.text.toString();
    }

    private void paste(String file) {
        if (!pasted.add(file)) {
            return;
        }
        mark(1, file);
        int line = 0;
        for (String content : read(file).split("\n", -1)) {
            line++;
            if (content.startsWith(INCLUDE)) {
                paste(LIBRARY + content.substring(INCLUDE.length(), content.indexOf('"', INCLUDE.length())));
                mark(line + 1, file);
            } else {
                text.append(content).append('\n');
            }
        }
    }

    private void mark(int line, String file) {
        text.append("#line ").append(line).append(" \"").append(file).append("\"\n");
    }

    private static String read(String file) {
        if (file.equals(LIBRARY + OperandText.FILE)) {
            return OperandText.text();
        }
        try {
            return new String(Resource.bytes(KernelSource.class, FOLDER + file), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new IllegalStateException("the library's jar lacks the kernel file " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel file " + file + " cannot be read from the library's jar", e);
        }
    }
}
