package io.github.attention4j.bench.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on standard error that shows how far long work is; silent when nobody is looking, so that logs stay readable.
 */
final class Progress implements AutoCloseable {
    private static final int COLUMNS = 100;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    /** Whether there are bars: the start script knows whether standard error is a terminal; Java 17 does not. */
    static boolean isShown() {
        return Boolean.getBoolean("bench.progress");
    }

    /** A bar for so many steps. */
    static Progress of(String task, long steps) {
        if (!isShown()) {
            return new Progress(null);
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
                .clearDisplayOnFinish()
                .build());
    }

    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    /** One more step is done, and this is to be seen beside the bar. */
    void step(String note) {
        if (bar != null) {
            bar.setExtraMessage(note);
            bar.step();
        }
    }

    /** So many of the steps are done. */
    void to(long steps) {
        if (bar != null) {
            bar.stepTo(steps);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
