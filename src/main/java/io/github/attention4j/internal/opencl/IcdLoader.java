package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.Obstacle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The OpenCL library that every program loads, which finds the drivers by files that name them. */
final class IcdLoader {
    static final List<String> NAMES = List.of("libOpenCL.so.1", "libOpenCL.so");
    static final String INSTALL = "Install an OpenCL driver: your GPU vendor's, or for CPUs PoCL"
            + " (Debian, Ubuntu: apt-get install pocl-opencl-icd; Fedora: dnf install pocl).";
    private static final String NVIDIA = "libnvidia-opencl.so.1";
    private static final String VARIABLE = "OCL_ICD_VENDORS";

    private IcdLoader() {}

    /**
     * A registered driver.
     *
     * @param file the file that registers it, or null if a variable names the library
     * @param library the library as named there
     * @param path where that is, or null if it is in no place known here
     */
    record Driver(Path file, String library, Path path) {
        String describe() {
            return (file == null ? VARIABLE : file.toString()) + " names " + library
                    + (path == null ? ", which is not there" : "");
        }
    }

    /** That there is no OpenCL library, as far as that can be known without loading it, or null. */
    static Obstacle obstacle() {
        return SystemLibraries.isSurelyMissing(NAMES) ? missing() : null;
    }

    static Obstacle missing() {
        return new Obstacle(
                "there is no OpenCL library (" + System.mapLibraryName("OpenCL") + ") on this machine",
                INSTALL + " It brings that library or needs the package ocl-icd-libopencl1 (Fedora: ocl-icd) besides.");
    }

    /** Why the library knows no driver. */
    static Obstacle noDriver() {
        String own = System.getenv(VARIABLE);
        List<Driver> drivers = drivers();
        if (drivers.isEmpty()) {
            String where = folder() + (own == null ? "" : ", where " + VARIABLE + " points,") + " registers none";
            if (own != null) {
                return new Obstacle(
                        "no OpenCL driver is registered: " + where,
                        "Unset " + VARIABLE + ", or let it name a folder of .icd files. " + INSTALL);
            }
            Path nvidia = SystemLibraries.find(NVIDIA);
            if (nvidia != null) {
                return new Obstacle(
                        "NVIDIA's OpenCL driver is there (" + nvidia + ") but not registered",
                        "As root: mkdir -p " + folder() + " && echo " + NVIDIA + " > " + folder() + "/nvidia.icd");
            }
            return new Obstacle("no OpenCL driver is installed: " + where, INSTALL);
        }
        List<String> missing = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (Driver driver : drivers) {
            (driver.path() == null ? missing : there).add(driver.describe());
        }
        if (there.isEmpty()) {
            return new Obstacle(
                    "the registered OpenCL drivers are not there: " + String.join("; ", missing),
                    "Install the drivers again, or delete those files. " + INSTALL);
        }
        return new Obstacle(
                "no registered OpenCL driver can be loaded: "
                        + String.join("; ", drivers.size() == 1 ? there : all(drivers)),
                "The command ldd with the path of the driver's library says what it lacks; install that, or the driver again.");
    }

    private static List<String> all(List<Driver> drivers) {
        List<String> all = new ArrayList<>();
        for (Driver driver : drivers) {
            all.add(driver.describe());
        }
        return all;
    }

    /** The drivers that are registered where the library looks. Empty where that is not known (Windows, macOS). */
    static List<Driver> drivers() {
        List<Driver> drivers = new ArrayList<>();
        try {
            String own = System.getenv(VARIABLE);
            Path folder = Path.of(folder());
            if (Files.isDirectory(folder)) {
                List<Path> files = new ArrayList<>();
                try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.icd")) {
                    found.forEach(files::add);
                }
                Collections.sort(files);
                for (Path file : files) {
                    drivers.add(read(file));
                }
            } else if (own != null && own.endsWith(".icd")) {
                drivers.add(read(folder));
            } else if (own != null && own.contains(".so")) {
                drivers.add(new Driver(null, own, SystemLibraries.find(own)));
            }
        } catch (IOException | InvalidPathException | SecurityException e) {
            return drivers; // what cannot be read here, the library may read
        }
        return drivers;
    }

    private static Driver read(Path file) {
        String library;
        try {
            library = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return new Driver(file, "nothing that this user may read", null);
        }
        int end = library.indexOf('\n');
        library = end < 0 ? library : library.substring(0, end).strip();
        return new Driver(file, library, library.isEmpty() ? null : SystemLibraries.find(library));
    }

    /** Where drivers are registered. */
    static String folder() {
        String own = System.getenv(VARIABLE);
        return own == null || own.isEmpty() ? "/etc/OpenCL/vendors" : own;
    }
}
