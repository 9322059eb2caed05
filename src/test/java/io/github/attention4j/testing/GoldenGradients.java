package io.github.attention4j.testing;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Dropout;
import io.github.attention4j.Mask;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One case of gradients that were computed elsewhere, as a folder of NumPy files and {@code options.json}. */
public final class GoldenGradients {
    /** What is stored is rounded to floats, and lse comes in as one: relative to the largest number of the tensor. */
    private static final double TOLERANCE = 2e-5;

    private static final Operand[] OPERANDS = Operand.values();

    private final Path folder;
    private final String options;
    private final AttentionSpec spec;

    private GoldenGradients(Path folder) {
        this.folder = folder;
        try {
            options = Files.readString(folder.resolve("options.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        spec = makeSpec();
    }

    /** Folders with a case. */
    public static List<Path> cases(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> Files.exists(path.resolve("options.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static GoldenGradients read(Path folder) {
        return new GoldenGradients(folder);
    }

    /** The forward call. */
    public AttentionSpec spec() {
        return spec;
    }

    private AttentionSpec makeSpec() {
        int[] query = shape("query");
        int[] key = shape("key");
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(query[0])
                .heads(query[1])
                .kvHeads(key[1])
                .queryLength(query[2])
                .keyLength(key[2])
                .headDim(query[3])
                .valueDim(shape("value")[3])
                .returnLse();
        Matcher window = find("\"window\"\\s*:\\s*\\[\\s*(-?\\d+)\\s*,\\s*(-?\\d+)\\s*\\]");
        if (window != null) {
            builder.mask(Mask.window(Integer.parseInt(window.group(1)), Integer.parseInt(window.group(2))));
        }
        Matcher softcap = find("\"softcap\"\\s*:\\s*([-+.eE\\d]+)");
        if (softcap != null) {
            builder.softcap(Float.parseFloat(softcap.group(1)));
        }
        Matcher rotary = find("\"rotary\"\\s*:\\s*\\[\\s*(\\d+)\\s*,\\s*(true|false)\\s*\\]");
        if (rotary != null) {
            int dim = Integer.parseInt(rotary.group(1));
            int positions = shape("cos")[shape("cos").length - 2];
            builder.rotary(new Rotary(dim, rotary.group(2).equals("true"), positions));
        }
        if (find("\"additive\"\\s*:\\s*true") != null) {
            builder.additive();
        }
        if (number("threshold") != null) {
            builder.dropout(Long.parseLong(number("threshold")) / 65536f);
        }
        if (has("bias")) {
            int[] bias = shape("bias");
            builder.bias(DType.F32, bias[0], bias[1], bias[2], bias[3]);
        }
        if (has("keep_mask")) {
            int[] keep = shape("keep_mask");
            builder.keepMask(DType.U8, keep[0], keep[1], keep[2], keep[3]);
        }
        if (has("key_lengths")) {
            builder.keyLengths();
        }
        if (has("sink")) {
            builder.sink();
        }
        if (has("alibi_slopes")) {
            builder.alibi(shape("alibi_slopes").length == 4 ? shape("alibi_slopes")[0] : 1);
        }
        return builder.build();
    }

    private String number(String name) {
        Matcher matcher = find("\"" + name + "\"\\s*:\\s*(-?\\d+)");
        return matcher == null ? null : matcher.group(1);
    }

    private Matcher find(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(options);
        return matcher.find() ? matcher : null;
    }

    public long seed() {
        return Long.parseUnsignedLong(number("seed"));
    }

    public int offset() {
        return Integer.parseUnsignedInt(number("offset"));
    }

    /** 1 where a weight was dropped, or null without dropout. */
    public byte[] dropped() {
        return has("dropped") ? bytes(npy("dropped")) : null;
    }

    /** Runs the forward call and compares out and lse. */
    public void checkForward(AttentionEngine engine) {
        float[] out = poison(spec, Operand.OUT);
        float[] lse = poison(spec, Operand.LSE);
        engine.attend(spec, inputs(spec).with(Operand.OUT, out).with(Operand.LSE, lse));
        compare("out", out);
        compare("lse", lse);
    }

    /** Runs the backward call on its own out and lse, and compares every gradient that is stored. */
    public void checkBackward(AttentionEngine engine) {
        AttentionSpec backward = spec.backward(wanted());
        if (has("grad_lse")) {
            backward = backward.toBuilder().gradLse().build();
        }
        AttentionArrays arrays = inputs(backward);
        float[] out = new float[(int) spec.outElements()];
        float[] lse = new float[(int) spec.lseElements()];
        engine.attend(spec, inputs(spec).with(Operand.OUT, out).with(Operand.LSE, lse));
        arrays.with(Operand.OUT, out).with(Operand.LSE, lse);
        for (Operand operand : OPERANDS) {
            if (backward.isOutput(operand)) {
                arrays.with(operand, poison(backward, operand));
            }
        }
        engine.attend(backward, arrays);
        for (Operand operand : OPERANDS) {
            if (backward.isOutput(operand)) {
                compare(operand.label(), (float[]) arrays.get(operand));
            }
        }
    }

    private Operand[] wanted() {
        return Arrays.stream(OPERANDS)
                .filter(operand -> operand != Operand.OUT && operand != Operand.LSE && has("grad_" + operand.label()))
                .toArray(Operand[]::new);
    }

    private static float[] poison(AttentionSpec spec, Operand operand) {
        float[] poison = new float[(int) spec.operand(operand).elements()];
        Arrays.fill(poison, Float.NaN);
        return poison;
    }

    /** All inputs that are stored under the operands' names. */
    private AttentionArrays inputs(AttentionSpec wanted) {
        AttentionArrays arrays = new AttentionArrays();
        for (Operand operand : OPERANDS) {
            boolean isInput = wanted.has(operand) && !wanted.isOutput(operand);
            if (!isInput || operand == Operand.OUT || operand == Operand.LSE) {
                continue;
            }
            switch (operand) {
                case DROPOUT_STATE -> arrays.with(operand, Dropout.state(seed(), offset()));
                case ROTARY_COS -> arrays.with(operand, floats("cos"));
                case ROTARY_SIN -> arrays.with(operand, floats("sin"));
                case KEEP_MASK -> arrays.with(operand, bytes(npy("keep_mask")));
                case KEY_LENGTHS -> arrays.with(operand, integers("key_lengths"));
                default -> arrays.with(operand, floats(operand.label()));
            }
        }
        return arrays;
    }

    private void compare(String name, float[] ours) {
        float[] theirs = floats(name);
        if (ours.length != theirs.length) {
            throw new AssertionError(name + " has " + ours.length + " elements, stored are " + theirs.length);
        }
        double largest = 0;
        for (float number : theirs) {
            largest = Float.isFinite(number) ? Math.max(largest, Math.abs(number)) : largest;
        }
        for (int i = 0; i < ours.length; i++) {
            boolean isSame = Float.compare(ours[i], theirs[i]) == 0;
            if (!isSame && !(Math.abs((double) ours[i] - theirs[i]) <= TOLERANCE * largest)) {
                throw new AssertionError(folder.getFileName() + ": " + name + "[" + i + "] is " + ours[i] + ", stored "
                        + theirs[i] + ", the largest " + largest);
            }
        }
    }

    private boolean has(String name) {
        return Files.exists(folder.resolve(name + ".npy"));
    }

    private int[] shape(String name) {
        Matcher shape = Pattern.compile("'shape': \\(([^)]*)\\)").matcher(header(npy(name)));
        if (!shape.find()) {
            throw new IllegalArgumentException(name + ".npy has no shape");
        }
        return Arrays.stream(shape.group(1).split(","))
                .map(String::strip)
                .filter(size -> !size.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private ByteBuffer npy(String name) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name + ".npy")))
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(ByteBuffer npy) {
        return new String(npy.array(), 10, npy.getShort(8), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer body(ByteBuffer npy) {
        return npy.position(10 + npy.getShort(8)).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private float[] floats(String name) {
        ByteBuffer body = body(npy(name));
        float[] floats = new float[body.remaining() / Float.BYTES];
        body.asFloatBuffer().get(floats);
        return floats;
    }

    private int[] integers(String name) {
        ByteBuffer body = body(npy(name));
        int[] integers = new int[body.remaining() / Integer.BYTES];
        body.asIntBuffer().get(integers);
        return integers;
    }

    private static byte[] bytes(ByteBuffer npy) {
        ByteBuffer body = body(npy);
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }
}
