package io.github.attention4j.internal.plan;

import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.Resource;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.tuning.TuningCache;
import io.github.attention4j.internal.plan.tuning.TuningTable;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The tuning tables that come with the library, one a vendor, and how tables are read. */
public final class Tables {
    static final TuningTable.TileReader TILES = new TuningTable.TileReader() { // not a lambda, for a fast start
                @Override
                public TileConfig read(KernelFamily family, String tiles) {
                    return Families.parse(family, tiles);
                }
            };

    static final TuningCache.FileReader<TuningTable> FILES = new TuningCache.FileReader<>() { // nor this
                @Override
                public TuningTable read(Path file) {
                    return Tables.read(file);
                }
            };

    private static final String FOLDER = "/io/github/attention4j/tuning/";

    /** Of GPUs: what the vendor's name contains, and its table. */
    private static final String[][] VENDORS = {
        {"NVIDIA", "nvidia.csv"}, {"AMD", "amd.csv"}, {"Advanced Micro Devices", "amd.csv"}, {"Intel", "intel.csv"}
    };

    private static final String CPU = "cpu.csv";

    private Tables() {}

    /** A table of the user's; see {@link TuningTable#read}. */
    public static TuningTable read(Path file) {
        return TuningTable.read(file, TILES);
    }

    /** The tables that come with the library and may have rows for a device. */
    static List<TuningTable> packaged(Device device) {
        if (device.type() == Device.Type.CPU) {
            return List.of(packaged(CPU));
        }
        for (String[] vendor : VENDORS) {
            if (device.vendor().contains(vendor[0])) {
                return List.of(packaged(vendor[1]));
            }
        }
        return List.of();
    }

    /** All tables that come with the library. */
    public static List<TuningTable> packaged() {
        return List.of(packaged(CPU), packaged("nvidia.csv"), packaged("amd.csv"), packaged("intel.csv"));
    }

    private static TuningTable packaged(String file) {
        try {
            byte[] table = Resource.bytes(Tables.class, FOLDER + file);
            return TuningTable.read(
                    "packaged " + file, new StringReader(new String(table, StandardCharsets.UTF_8)), TILES);
        } catch (IOException e) {
            throw new UncheckedIOException("tuning/" + file + " in the library's jar cannot be read", e);
        }
    }
}
