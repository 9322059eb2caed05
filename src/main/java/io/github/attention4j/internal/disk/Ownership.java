package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Whether a place is this user's alone, so that nobody else can lay something there or change it later. The way to it
 * counts: who can rename a folder above can put another in its place. The owner of the root folder is trusted, who can
 * do anything anyway.
 */
public final class Ownership {
    /**
     * What one kind of file system says of one path. Each fails with a {@link DiskException} that says who else could
     * write.
     */
    interface Rules {
        /**
         * Checks a folder or link on the way. Others may add to the folder, but must not rename or remove what is
         * there; whoever made a link chooses where it leads.
         *
         * @return whether it is a link
         */
        boolean isLinkOnTheWay(Path at, String remedy) throws IOException;

        /** Checks a file or folder in which something of value is: no link, and nobody else may write to it. */
        void checkOwn(Path path, String remedy) throws IOException;
    }

    private Ownership() {}

    /**
     * Checks a folder and the way to it, as far as they exist.
     *
     * @param folder absolute
     * @param remedy what else to do than to take others' rights away, for messages
     * @return the same place without links: others cannot change where this leads
     */
    static Path place(Path folder, String remedy) throws IOException {
        Path existing = folder;
        while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!existing.equals(folder)) {
            return wayTo(existing, remedy).resolve(existing.relativize(folder));
        }
        if (Files.isDirectory(folder)) {
            check(folder.toRealPath(), remedy); // before the way, of which it is a part that may have files of others
        }
        return wayTo(folder, remedy);
    }

    /**
     * Checks all folders down to this one, in which others may have files of their own if it keeps users apart as /tmp
     * does.
     */
    static Path wayTo(Path folder, String remedy) throws IOException {
        boolean hasLinks = checkWay(folder, remedy);
        if (!hasLinks) {
            return folder;
        }
        Path real;
        try {
            real = folder.toRealPath();
        } catch (NoSuchFileException e) {
            throw new DiskException("the link " + folder + " leads nowhere", remedy, e);
        }
        checkWay(real, remedy);
        return real;
    }

    /** Whether there is a link on the way. */
    private static boolean checkWay(Path folder, String remedy) throws IOException {
        Rules rules = rules(folder, remedy);
        boolean hasLinks = false;
        Path at = folder.getRoot();
        rules.isLinkOnTheWay(at, remedy);
        for (Path name : folder) {
            at = at.resolve(name);
            hasLinks |= rules.isLinkOnTheWay(at, remedy);
        }
        return hasLinks;
    }

    /** Checks a file or folder alone; a link is none. */
    static void check(Path path, String remedy) throws IOException {
        rules(path, remedy).checkOwn(path, remedy);
    }

    private static Rules rules(Path path, String remedy) throws DiskException {
        Set<String> views = path.getFileSystem().supportedFileAttributeViews();
        if (views.contains("unix")) {
            return UnixRules.THESE;
        }
        if (views.contains("acl")) {
            return AclRules.THESE;
        }
        throw new DiskException("the file system of " + path + " does not tell who can write there", remedy);
    }
}
