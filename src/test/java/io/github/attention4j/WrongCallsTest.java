package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.attention4j.layers.Activation;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerSpec;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.layers.LinearSpecBuilder;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every public method and constructor, called with one argument wrong at a time: null, 0, extremes, what is not a
 * number, arrays of no or of another length, buffers that no device reads, what is closed, and what belongs to another
 * engine. Calls may succeed where such an argument is fine; if they fail, then by an exception that is meant for the
 * caller.
 */
class WrongCallsTest {
    private static final Class<?>[] API = {
        ActivationSpec.class,
        AlibiSlopes.class,
        AttentionArrays.class,
        AttentionEngine.class,
        AttentionGradients.class,
        AttentionPlan.class,
        AttentionResult.class,
        AttentionSpec.class,
        AttentionSpecBuilder.class,
        AttentionTensors.class,
        BlockMask.class,
        DType.class,
        Device.class,
        DeviceTensor.class,
        Dropout.class,
        EmbeddingSpec.class,
        EngineOptions.class,
        Half.class,
        KeyRanges.class,
        KvCache.class,
        KvCacheSpec.class,
        KvCacheSpec.Builder.class,
        LayerPlan.class,
        LayerTensors.class,
        Layout.class,
        LinearSpec.class,
        LinearSpecBuilder.class,
        Mask.class,
        NormSpec.class,
        PoolingSpec.class,
        Rotary.class,
        Stream.class,
        TensorSpec.class
    };

    /** What cannot go wrong, or what a JVM has but once. */
    private static final List<String> LEFT_OUT = List.of("equals", "valueOf", "compareTo");

    static List<String> devices() {
        return AttentionEngine.devices().stream().map(Device::id).toList();
    }

    /** Things of one engine that are right, and some that are wrong. */
    private static final class World implements AutoCloseable {
        final AttentionSpec spec =
                AttentionSpec.builder().heads(2).sequenceLength(3).headDim(4).build();
        final AttentionEngine engine;
        final AttentionEngine other = AttentionEngine.open("java");
        final Stream stream;
        final KvCache cache;
        final List<AutoCloseable> made = new ArrayList<>();

        World(String device) {
            engine = AttentionEngine.open(device);
            stream = engine.newStream();
            cache = engine.newKvCache(cacheSpec());
            cache.newSequence();
        }

        KvCacheSpec cacheSpec() {
            return KvCacheSpec.builder()
                    .sequences(2)
                    .kvHeads(2)
                    .headDim(4)
                    .maxLength(3)
                    .build();
        }

        LinearSpec linear() {
            return LinearSpec.builder().rows(6).inFeatures(4).outFeatures(4).build();
        }

        DeviceTensor tensor(AttentionEngine of) {
            DeviceTensor tensor = of.allocate(DType.F32, 1, 2, 3, 4);
            made.add(tensor);
            return tensor;
        }

        Stream closedStream() {
            Stream closed = engine.newStream();
            closed.close();
            return closed;
        }

        DeviceTensor closedTensor() {
            DeviceTensor closed = tensor(engine);
            closed.close();
            return closed;
        }

        Stream foreignStream() {
            Stream foreign = other.newStream();
            made.add(foreign);
            return foreign;
        }

        @Override
        public void close() throws Exception {
            for (AutoCloseable each : made) {
                each.close();
            }
            engine.close();
            other.close();
        }

        /** On what a method is called; null where there is no such thing. */
        Object receiver(Class<?> type) {
            Map<Class<?>, Supplier<Object>> receivers = new HashMap<>();
            receivers.put(AttentionArrays.class, AttentionArrays::new);
            receivers.put(AttentionEngine.class, () -> engine);
            receivers.put(AttentionPlan.class, () -> engine.plan(spec));
            receivers.put(AttentionResult.class, () -> new AttentionResult(new float[8], new float[2]));
            receivers.put(AttentionSpec.class, () -> spec);
            receivers.put(AttentionSpecBuilder.class, () -> spec.toBuilder().rotary(new Rotary(4, false, 3)));
            receivers.put(AttentionTensors.class, AttentionTensors::new);
            receivers.put(
                    BlockMask.class,
                    () -> BlockMask.ofLists(spec.toBuilder().blockMask(16, 16).build(), new int[] {0}));
            receivers.put(DType.class, () -> DType.I4);
            receivers.put(Device.class, engine::device);
            receivers.put(DeviceTensor.class, () -> tensor(engine));
            receivers.put(EngineOptions.class, EngineOptions::defaults);
            receivers.put(KvCache.class, () -> cache);
            receivers.put(KvCacheSpec.class, this::cacheSpec);
            receivers.put(KvCacheSpec.Builder.class, () -> KvCacheSpec.builder()
                    .kvHeads(2)
                    .headDim(4)
                    .maxLength(3)
                    .paged(16, 2));
            receivers.put(Layout.class, () -> new Layout(1, 2, 3, 4));
            receivers.put(ActivationSpec.class, () -> ActivationSpec.of(Activation.GELU, 6, 4));
            receivers.put(EmbeddingSpec.class, () -> EmbeddingSpec.of(3, 4, 5));
            receivers.put(LayerPlan.class, () -> engine.plan(linear()));
            receivers.put(LayerSpec.class, this::linear);
            receivers.put(LayerTensors.class, LayerTensors::new);
            receivers.put(LinearSpec.class, this::linear);
            receivers.put(
                    LinearSpecBuilder.class,
                    () -> LinearSpec.builder().rows(6).inFeatures(4).outFeatures(4));
            receivers.put(NormSpec.class, () -> NormSpec.rmsNorm(6, 4, 1e-6));
            receivers.put(PoolingSpec.class, () -> PoolingSpec.mean(2, 6, 4));
            receivers.put(Mask.class, Mask::causal);
            receivers.put(Rotary.class, () -> new Rotary(4, false, 3));
            receivers.put(Stream.class, () -> stream);
            receivers.put(TensorSpec.class, () -> spec.operand(Operand.KEY));
            return receivers.containsKey(type) ? receivers.get(type).get() : null;
        }

        /** Something right for this argument of this call. */
        Object right(Executable call, int argument) {
            Class<?> type = call.getParameterTypes()[argument];
            String name = call.getName();
            if (type == int.class) {
                boolean isRotary = call.getDeclaringClass() == Rotary.class;
                boolean isOfMask = call.getDeclaringClass() == BlockMask.class;
                boolean isOfBlocks = name.equals("paged") || name.equals("blockMask") && argument < 2;
                boolean isSize = isOfBlocks || isOfMask && name.equals("numbers");
                boolean isIndex = isOfMask || call.getDeclaringClass() == KvCache.class;
                return isSize ? 16 : isRotary ? 2 : isIndex ? 0 : 1;
            } else if (type == DType.class && name.equals("keepMask")) {
                return DType.U8;
            }
            return right(type);
        }

        private Object right(Class<?> type) {
            if (type == int.class) {
                return 1;
            } else if (type == long.class) {
                return 1L;
            } else if (type == float.class) {
                return 1f;
            } else if (type == double.class) {
                return 2.0;
            } else if (type == boolean.class) {
                return false;
            } else if (type == short.class) {
                return (short) 1;
            } else if (type == float[].class || type == Object.class) {
                return new float[24];
            } else if (type == int[].class) {
                return new int[1];
            } else if (type == short[].class) {
                return new short[24];
            } else if (type == byte[].class) {
                return new byte[24];
            } else if (type == String.class) {
                return "java";
            } else if (type == ByteBuffer.class) {
                return ByteBuffer.allocateDirect(96).order(ByteOrder.nativeOrder());
            } else if (type == Optional.class) {
                return Optional.empty();
            } else if (type == Set.class) {
                return Set.of();
            } else if (type == List.class) {
                return List.of();
            } else if (type == Operand.class) {
                return Operand.KEY;
            } else if (type == DType.class) {
                return DType.F32;
            } else if (type.isEnum()) {
                return type.getEnumConstants()[0];
            }
            return receiver(type);
        }

        /** Wrong, extreme or unusual values of this type; null stands for itself where a type is not primitive. */
        List<Object> wrong(Class<?> type) {
            if (type == int.class) {
                return List.of(0, -1, 7, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE);
            } else if (type == long.class) {
                return List.of(0L, -1L, 1L << 60, Long.MAX_VALUE, Long.MIN_VALUE);
            } else if (type == float.class) {
                return List.of(0f, -1f, Float.NaN, Float.POSITIVE_INFINITY);
            } else if (type == double.class) {
                return List.of(0.0, -1.0, Double.NaN, Double.NEGATIVE_INFINITY);
            } else if (type == boolean.class || type == short.class) {
                return List.of();
            }
            List<Object> wrong = new ArrayList<>();
            wrong.add(null);
            if (type.isArray()) {
                wrong.add(java.lang.reflect.Array.newInstance(type.getComponentType(), 0));
                wrong.add(java.lang.reflect.Array.newInstance(type.getComponentType(), 5));
            }
            if (type == int[].class) {
                wrong.add(new int[] {-1});
                wrong.add(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE});
                wrong.add(new int[] {Integer.MIN_VALUE});
            } else if (type == Object.class) {
                wrong.addAll(List.of(new double[24], "text", new int[24], new float[0], ByteBuffer.allocate(96)));
                wrong.addAll(List.of(
                        ByteBuffer.allocateDirect(96),
                        ByteBuffer.allocateDirect(96).asReadOnlyBuffer()));
            } else if (type == ByteBuffer.class) {
                wrong.addAll(List.of(ByteBuffer.allocate(96), ByteBuffer.allocateDirect(96)));
                wrong.add(ByteBuffer.allocateDirect(96).asReadOnlyBuffer().order(ByteOrder.nativeOrder()));
                wrong.add(ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder()));
            } else if (type == DeviceTensor.class) {
                DeviceTensor small = engine.allocate(DType.I32, 1, 1, 1, 1);
                made.add(small);
                wrong.addAll(List.of(closedTensor(), tensor(other), small));
            } else if (type == Stream.class) {
                wrong.addAll(List.of(closedStream(), foreignStream()));
            } else if (type == String.class) {
                wrong.addAll(List.of("", "gpu:99", "cpu:-1", "gpu", "nonsense"));
            } else if (type.isEnum()) {
                wrong.addAll(Arrays.asList(type.getEnumConstants()));
            }
            return wrong;
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void failWithWhatTheCallerCanUnderstand(String device) throws Exception {
        int calls = 0;
        List<String> bad = new ArrayList<>();
        try (World world = new World(device)) {
            for (Class<?> type : API) {
                List<Executable> all = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
                all.addAll(Arrays.asList(type.getDeclaredConstructors()));
                for (Executable executable : all) {
                    if (Modifier.isPublic(executable.getModifiers())
                            && !executable.isSynthetic()
                            && !LEFT_OUT.contains(executable.getName())
                            && !Arrays.asList(executable.getParameterTypes()).contains(org.jocl.cl_context.class)) {
                        calls += tryAll(world, type, executable, bad);
                    }
                }
            }
            // Whatever was refused, the engine still works.
            float[] row = new float[24];
            assertEquals(24, world.engine.attend(world.spec, row, row, row).length);
        }
        assertTrue(calls > 600, "only " + calls + " calls");
        if (!bad.isEmpty()) {
            fail(bad.size() + " of " + calls + " calls:\n" + String.join("\n", bad));
        }
    }

    private static int tryAll(World world, Class<?> type, Executable executable, List<String> bad) throws Exception {
        Class<?>[] types = executable.getParameterTypes();
        int calls = 0;
        for (int i = 0; i < types.length; i++) {
            for (Object wrong : world.wrong(types[i])) {
                Object[] arguments = new Object[types.length];
                for (int j = 0; j < types.length; j++) {
                    arguments[j] = j == i ? wrong : world.right(executable, j);
                }
                calls++;
                String call = executable + " with argument " + i + " = " + text(wrong);
                try {
                    Object made = call(world, type, executable, arguments);
                    if (made instanceof AttentionSpecBuilder builder) {
                        builder.build();
                    } else if (made instanceof KvCacheSpec.Builder builder) {
                        builder.build();
                    } else if (made instanceof LinearSpecBuilder builder) {
                        plan(world, builder.build(), wrong);
                    } else if (made instanceof LayerSpec spec) {
                        plan(world, spec, wrong);
                    } else if (made instanceof AttentionEngine engine) {
                        engine.close();
                    } else if (made instanceof DeviceTensor tensor) {
                        tensor.close();
                    }
                } catch (InvocationTargetException e) {
                    complain(call, wrong, e.getCause(), bad);
                } catch (RuntimeException e) { // of build()
                    complain(call, wrong, e, bad);
                }
            }
        }
        return calls;
    }

    /** Not of every type that there is: each is a program to compile, and other tests have them. */
    private static void plan(World world, LayerSpec spec, Object wrong) {
        if (!(wrong instanceof DType)) {
            world.engine.plan(spec);
        }
    }

    private static Object call(World world, Class<?> type, Executable executable, Object[] arguments)
            throws ReflectiveOperationException {
        if (executable instanceof Constructor<?> constructor) {
            return constructor.newInstance(arguments);
        }
        boolean isStatic = Modifier.isStatic(executable.getModifiers());
        return ((Method) executable).invoke(isStatic ? null : world.receiver(type), arguments);
    }

    private static String text(Object value) {
        return value == null
                ? "null"
                : value.getClass().isArray() ? value.getClass().getSimpleName() : value.toString();
    }

    private static void complain(String call, Object wrong, Throwable thrown, List<String> bad) {
        String message = thrown.getMessage() == null ? "" : thrown.getMessage();
        boolean isMeant;
        if (thrown instanceof NullPointerException) {
            isMeant = wrong == null && message.matches("[a-zA-Z][A-Za-z_ ]*"); // the argument's name
        } else {
            isMeant = thrown.getClass() == IllegalArgumentException.class
                    || thrown.getClass() == IllegalStateException.class
                    || thrown.getClass() == IndexOutOfBoundsException.class && call.contains("TensorSpec.stride")
                    || thrown instanceof CacheFullException
                    || thrown instanceof UnsupportedByDeviceException
                    || thrown instanceof DeviceException && message.contains("out of memory");
            isMeant &= message.length() > 15;
            if (wrong instanceof Integer number && (number < 0 || number == Integer.MAX_VALUE)) {
                isMeant &= message.contains(number.toString()); // what was given
            }
        }
        if (!isMeant) {
            bad.add(call + ": " + thrown);
        }
    }
}
