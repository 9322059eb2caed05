package io.github.attention4j.bench;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.jmh.JmhRun;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code bench/run}. */
@Command(
        name = "bench/run",
        sortOptions = false,
        usageHelpWidth = 110,
        customSynopsis = {
            "Usage: bench/run [options]",
            "       bench/run --card [--device=ID] [--quick] [--minutes=N]",
            "       bench/run --cost [--quick] [--device=ID] [--rounds=N]",
            "       bench/run --peers [--bf16] [--quick] [--group=main|heads|small] [--only=NAME] [--rounds=N] [--save]",
            "       bench/run --tune [--device=ID] [--family=F] [--minutes=N] [shapes]",
            "       bench/run --scaling [--device=ID] [--minutes=N]",
            "       bench/run --memory [--device=ID] [--full]",
            "       bench/run --decode [--device=ID] [--quick] [--rounds=N] [--steps=N]",
            "       bench/run --generate=PROMPT [--tokens=N] [--weights=FILE] [--device=ID]",
            "       bench/run --jmh [--device=ID] [-- options of JMH]",
            ""
        },
        synopsisHeading = "",
        description = {
            "Runs real text through a real encoder (all-MiniLM-L6-v2), every attention layer on each engine of this machine:"
                    + " OpenCL devices, pure Java, and the reference. Checks every answer, then times them.",
            "With shape options: only those shapes, on random data, unless --text is given too."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every answer was right",
            "1:an answer was wrong; which is printed",
            "2:the command line makes no sense"
        })
public final class Bench implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @ArgGroup(validate = false, heading = "%nWhat to run instead:%n")
    private final Mode mode = new Mode();

    @ArgGroup(validate = false, heading = "%nText and devices:%n")
    private final Input input = new Input();

    @ArgGroup(validate = false, heading = "%nSynthetic shapes (lists like 1,2,4 give every combination):%n")
    private final ShapeOptions shapes = new ShapeOptions();

    @ArgGroup(validate = false, heading = "%nWith --peers:%n")
    private final PeerOptions peers = new PeerOptions();

    @ArgGroup(validate = false, heading = "%nWith --decode:%n")
    private final DecodeOptions decode = new DecodeOptions();

    @ArgGroup(validate = false, heading = "%nWith --generate:%n")
    private final GenerateOptions generate = new GenerateOptions();

    @ArgGroup(validate = false, heading = "%nTiming and output:%n")
    private final Output output = new Output();

    @Parameters(hidden = true, description = "Arguments for JMH.")
    private List<String> jmhArguments = List.of();

    /** Other things to do than the comparison. */
    static final class Mode {
        @Option(names = "--list", description = "List the devices.")
        boolean list;

        @Option(
                names = "--warm-start",
                description = "In fresh JVMs, time from opening an engine to its first small result,"
                        + " with an empty and with a filled program cache.")
        boolean warmStart;

        @Option(
                names = "--jmh",
                description = "Run the JMH benchmarks of the engine calls; arguments for JMH after --.")
        boolean jmh;

        @Option(
                names = "--cost",
                description =
                        "Time each option of a request (types, bias, masks, softcap, layouts, ...) in turns with the same"
                                + " request without it, on --device (cpu:0); how many times as long it takes, beside a goal.")
        boolean cost;

        @Option(
                names = "--peers",
                description =
                        "Time the engine beside what else computes attention for Java (PyTorch, ONNX Runtime, TensorFlow, ND4J, plain loops),"
                                + " each in a process of its own; downloads them once, 450 MB. Takes shape options.")
        boolean peers;

        @Option(
                names = "--card",
                description =
                        "Check every kernel on --device (the best one), tune its tiles, measure it, and write one file to send in, in 20 minutes."
                                + " A --device that is a GPU, alone and without shapes, means this too.")
        boolean card;

        @Option(
                names = "--tune",
                description =
                        "Look for the fastest tiles on --device (the best one) for the shapes given, keep them for this user, and print them"
                                + " for the project's own table. They must be right, and faster beyond the machine's unrest. 10 minutes.")
        boolean tune;

        @Option(
                names = "--scaling",
                description =
                        "Rate over length, heads, batch and threads on --device, causal and not, and the cost of a pair. 5 minutes.")
        boolean scaling;

        @Option(
                names = "--memory",
                description =
                        "In fresh JVMs: start-up, programs built, and memory at 16,384 keys and beyond, on --device.")
        boolean memory;

        @Option(
                names = "--decode",
                description =
                        "Time one step of text generation on full caches of each type, on --device (cpu:0), beside how fast the device reads.")
        boolean decode;

        @Option(
                names = "--generate",
                paramLabel = "PROMPT",
                description =
                        "Go on with this text: a small decoder, its keys and values in a cache on each --device (cpu:0,java).")
        String prompt;

        @Option(
                names = "--full",
                description = "With --memory: run 131,072 queries and keys, too, instead of an estimate only.")
        boolean full;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;
    }

    /** What is computed, and on what. */
    static final class Input {
        @Option(names = "--text", paramLabel = "FILE", description = "The text to run; a short story is brought along.")
        Path text;

        @Option(
                names = "--shared",
                paramLabel = "DIR",
                description =
                        "Folder with golden/, embeddings of another implementation to compare with (../shared, if it is there).")
        Path shared;

        @Option(
                names = "--device",
                split = ",",
                paramLabel = "ID",
                description = "gpu:0, cpu:0, java or reference; may be repeated (all devices).")
        List<String> devices = List.of();

        @Option(
                names = "--family",
                split = ",",
                paramLabel = "LANES|TILES|MATRIX",
                description = "Force kernel families on OpenCL devices (the planner chooses).")
        List<KernelFamily> families = List.of();

        @Option(names = "--prototype", hidden = true, description = "An OpenCL kernel fwd to compare with.")
        Path prototype;

        @Option(names = "--prototype-options", hidden = true, description = "Its macros; may be repeated.")
        List<String> prototypeOptions = List.of("-DMV=4 -DBN=64 -DNR=4 -DDR=4", "-DMV=1 -DBN=126 -DNR=6 -DDR=4");
    }

    /** How long it takes, and where it goes. */
    static final class Output extends RunOptions {
        private static final int ROUNDS = 10;
        private static final int QUICK_ROUNDS = 3;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "Rounds of timing (10; with --quick 3; with --peers 5 and 2).")
        Integer rounds;

        @Option(
                names = "--report",
                paramLabel = "DIR",
                description = "Folder for the HTML report (bench/target/report).")
        Path report = Path.of(System.getProperty("bench.target", "target"), "report");

        int rounds() {
            return rounds != null ? rounds : quick ? QUICK_ROUNDS : ROUNDS;
        }
    }

    /** Starts it. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return Complaints.of(new CommandLine(new Bench()), "bench/run").setExpandAtFiles(false);
    }

    @Override
    public Integer call() throws Exception {
        checkOptions();
        if (mode.list) {
            AttentionEngine.devices().forEach(device -> System.out.println(device.describe()));
            return 0;
        }
        if (mode.warmStart) {
            return new WarmStart(input.devices).run(System.out);
        }
        if (mode.jmh) {
            return JmhRun.run(input.devices, jmhArguments);
        }
        if (Arguments.meansCard(words())) {
            return new CardRun(cardOptions(), System.out).run();
        }
        if (mode.peers) {
            return new PeersRun(input, output, peers, peers.shapes(shapes, output.quick)).run(System.out);
        }
        if (mode.tune) {
            return new TuneRun(input, output, shapes.given() ? shapes.specs() : List.of()).run(System.out);
        }
        if (mode.scaling) {
            return new ScalingRun(input, output).run(System.out);
        }
        if (mode.memory) {
            return new MemoryRun(input, output, mode.full).run(System.out);
        }
        if (mode.prompt != null) {
            return new GenerateRun(mode.prompt, input, generate, output.json).run(System.out);
        }
        if (mode.decode) {
            return new DecodeRun(input, output, decode.steps()).run(System.out);
        }
        if (mode.cost) {
            return new CostRun(input, output).run(System.out);
        }
        return new FullRun(input, output, specs(), withModel()).run(System.out);
    }

    private void checkOptions() {
        String problem = Arguments.problem(words());
        if (!problem.isEmpty()) {
            throw invalid(problem);
        }
    }

    private List<String> words() {
        return command.commandLine().getParseResult().originalArgs();
    }

    private CardOptions cardOptions() {
        CardOptions options = new CardOptions();
        options.device = input.devices.isEmpty() ? null : input.devices.get(0);
        options.run = output;
        return options;
    }

    private ParameterException invalid(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private boolean withModel() {
        return input.text != null || !shapes.given() && input.prototype == null;
    }

    private List<AttentionSpec> specs() {
        if (shapes.given()) {
            return shapes.specs();
        }
        return input.prototype == null ? DefaultShapes.quick() : DefaultShapes.speed();
    }
}
