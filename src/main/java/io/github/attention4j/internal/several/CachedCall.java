package io.github.attention4j.internal.several;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A call on a cache of several devices: each attends with its own sequences, where their rows are. */
final class CachedCall {
    private final AttentionSpec spec;
    private final SharedKvStore store;
    private final AttentionArrays arrays;
    private final Workers workers;

    /** @param arrays of the operands that are not the cache's */
    CachedCall(AttentionSpec spec, SharedKvStore store, AttentionArrays arrays, Workers workers) {
        this.spec = spec;
        this.store = store;
        this.arrays = arrays;
        this.workers = workers;
    }

    void run() {
        List<KvSection> sections = store.sections();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (KvSection section : sections) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            done.add(ended);
            workers.start(
                    () -> {
                        try {
                            attend(section);
                            ended.complete(null);
                        } catch (RuntimeException | Error e) {
                            ended.completeExceptionally(e);
                        }
                    },
                    List.of(ended));
        }
        Throwable failure = null;
        for (int i = 0; i < done.size(); i++) { // all of them: none may write to the arrays after this
            try {
                done.get(i).join();
            } catch (CompletionException e) {
                Throwable cause = e.getCause();
                KvSection section = sections.get(i);
                cause = cause instanceof DeviceException device ? section.named(device) : cause;
                failure = failure == null ? cause : failure;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void attend(KvSection section) {
        Share share = Share.of(section.device(), spec, Block.ofEntries(spec, section.sequences()));
        AttentionTensors tensors = section.tensors();
        AttentionArrays own = Piece.cut(share, arrays, operand -> isOfCache(tensors, operand));
        List<DeviceTensor> made = new ArrayList<>();
        try {
            for (Operand operand : Operand.values()) {
                if (share.spec().has(operand) && !isOfCache(tensors, operand)) {
                    DeviceTensor tensor = allocate(section, share.spec().operand(operand));
                    made.add(tensor);
                    tensors.with(operand, tensor);
                    if (!share.spec().isOutput(operand) || Piece.isPartlyWritten(share)) {
                        tensor.upload(section.stream(), own.get(operand), 0);
                    }
                }
            }
            workers.plan(share).enqueue(section.stream(), tensors);
            for (Operand operand : Operand.values()) {
                if (share.spec().isOutput(operand)) {
                    tensors.get(operand).download(section.stream(), own.get(operand), 0);
                }
            }
            section.stream().finish();
        } finally {
            made.forEach(DeviceTensor::close);
        }
        Piece.putBack(share, own, arrays);
    }

    private static boolean isOfCache(AttentionTensors cached, Operand operand) {
        return isKept(operand) && cached.get(operand) != null;
    }

    private static boolean isKept(Operand operand) {
        return List.of(KvSection.KEPT).contains(operand);
    }

    private DeviceTensor allocate(KvSection section, TensorSpec tensor) {
        return tensor.isDense()
                ? section.backend()
                        .allocate(tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.rowUnits())
                : section.backend().allocate(tensor.dtype(), 1, 1, 1, Math.toIntExact(tensor.extent()));
    }
}
