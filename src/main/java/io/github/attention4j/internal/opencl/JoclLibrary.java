package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.Resource;
import io.github.attention4j.internal.disk.DiskException;
import io.github.attention4j.internal.disk.LeftOver;
import io.github.attention4j.internal.disk.TempFolder;
import io.github.attention4j.internal.disk.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jocl.CL;
import org.jocl.LibUtils;

/**
 * JOCL's native library, loaded from where nobody else can write. Left alone, JOCL unpacks it under one name in the
 * folder for temporary files, and loads whatever lies there: somebody else's library, the half that a killed process
 * has written, or a file that another class loader of this JVM has in use, which the JVM refuses.
 *
 * <p>JOCL asks for that folder by {@code java.io.tmpdir} alone. To change that for a moment is no way out: whoever
 * reads it then has a wrong folder, and the JDK itself for good. So JOCL's class that unpacks is defined before JOCL
 * needs it, from JOCL's own bytes but with the name of another property, which only it knows: by a lookup in JOCL's
 * package, and so in JOCL's class loader, as JNI demands. What it finds is an empty folder of this process, with the
 * library whole in it.
 */
final class JoclLibrary {
    private static final String WHAT = "JOCL's native library";
    private static final String PREFIX = "attention4j-jocl-";
    private static final String FOLDER = "java.io.tmpdir";
    private static final String REPLACE = "Use org.jocl:jocl:2.0.6, unchanged.";
    private static final String VERSION = "JOCL_2_0_6";
    /**
     * No folder can have this name, so JOCL finds nothing and makes nothing there; without one it would make a folder
     * "null" where it stands.
     */
    private static final String NOWHERE = "\0nowhere";

    private static boolean isLoaded;
    /** The property by which JOCL is told the folder, once it knows. */
    private static String property;

    private JoclLibrary() {}

    /**
     * Loads it, and the system's OpenCL library with it, unless somebody has already. To be called before anything else
     * of JOCL.
     *
     * @throws DiskException if there is no place to load it from; the next call tries again
     * @throws LinkageError as JOCL throws it, if it is there and does not work
     */
    static synchronized void load() throws DiskException {
        if (isLoaded) {
            return;
        }
        Path folder = null;
        DiskException problem = null;
        try {
            folder = TempFolder.makeFolder(WHAT, PREFIX);
        } catch (DiskException e) {
            problem = e; // and no matter if somebody else has loaded JOCL
        }
        try {
            if (!isToldOf(folder)) {
                isLoaded = true;
                return;
            }
            if (problem != null) {
                throw problem;
            }
            unpack(folder);
            Class.forName(CL.class.getName(), true, CL.class.getClassLoader());
            isLoaded = true;
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        } finally {
            forget(folder);
        }
    }

    /** Whether JOCL will look into this folder, or nowhere if it is null; false if somebody else was before us. */
    private static boolean isToldOf(Path folder) throws DiskException {
        String place = folder == null ? NOWHERE : folder.toString();
        if (property != null) {
            System.setProperty(property, place);
            return true;
        }
        String name = PREFIX + Long.toHexString(System.nanoTime()) + System.identityHashCode(JoclLibrary.class);
        byte[] unpacker = withProperty(name, unpacker());
        System.setProperty(name, place); // before the class is there, which others may use at once
        try {
            MethodHandles.privateLookupIn(CL.class, MethodHandles.lookup()).defineClass(unpacker);
            property = name;
            return true;
        } catch (IllegalAccessException e) {
            throw notTold("the module of JOCL does not open its package", e);
        } catch (LinkageError e) {
            if (e.getClass() == LinkageError.class) { // "duplicate class definition": it has been in use
                return false;
            }
            throw e;
        } finally {
            if (property == null) {
                System.clearProperty(name);
            }
        }
    }

    private static byte[] unpacker() throws DiskException {
        try {
            return Resource.bytes(CL.class, "LibUtils.class");
        } catch (IOException e) {
            throw notTold("its class LibUtils cannot be read (" + e + ")", e);
        }
    }

    /** The class with this name in place of the only mention of {@code java.io.tmpdir}. */
    static byte[] withProperty(String name, byte[] unpacker) throws DiskException {
        String text = new String(unpacker, StandardCharsets.ISO_8859_1); // a byte a letter: whole searches in a step
        String old = textConstant(FOLDER);
        int at = text.indexOf(old);
        if (at < 0 || text.indexOf(old, at + 1) >= 0) {
            throw notTold("it does not ask for " + FOLDER + " as " + VERSION + " does", null);
        }
        String changed = text.substring(0, at) + textConstant(name) + text.substring(at + old.length());
        return changed.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A text as it stands in a class file: tag, length, characters. */
    private static String textConstant(String text) {
        return "\1" + (char) (text.length() >> 8) + (char) (text.length() & 0xff) + text;
    }

    /**
     * If this JOCL has no library of that name, it unpacks another itself, into the same folder, or says that it has
     * none.
     */
    private static void unpack(Path folder) throws DiskException {
        String name = LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(VERSION));
        byte[] library;
        try {
            library = Resource.bytes(CL.class, "/lib/" + name);
        } catch (FileNotFoundException e) {
            return;
        } catch (IOException e) {
            throw new DiskException(WHAT + " cannot be read from its jar (" + e + ")", REPLACE, e);
        }
        Path file = folder.resolve(name);
        try {
            WholeFile.replace(
                    file, library); // always a new file of these bytes, so there is none to be compared with them
        } catch (IOException e) {
            throw TempFolder.notUnpacked(WHAT, e);
        }
        TempFolder.checkLoadable(WHAT, file);
    }

    /**
     * Removes the file, which the process keeps all the same where the system is not Windows; there, a later one
     * removes it.
     */
    private static void forget(Path folder) {
        if (property != null) {
            System.setProperty(property, NOWHERE);
        }
        if (folder == null) {
            return;
        }
        try {
            LeftOver.removeAll(folder);
        } catch (IOException e) {
            return; // in use, or the folder for temporary files is gone: nothing that a user should hear of
        }
        LeftOver.remove(folder.getParent(), PREFIX);
    }

    private static DiskException notTold(String why, Throwable cause) {
        return new DiskException(
                "JOCL, the OpenCL binding, cannot be told where to unpack its native library: " + why, REPLACE, cause);
    }
}
