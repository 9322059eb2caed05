package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** Owners and mode bits. An access list that lets others write shows as the group's right to write. */
final class UnixRules implements Ownership.Rules {
    static final UnixRules THESE = new UnixRules();

    private static final int KIND = 0170000;
    private static final int LINK = 0120000;
    private static final int FOLDER = 0040000;
    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 022;
    private static final int PERMISSIONS = 07777;
    private static final int SUPER_USER = 0;
    private static final int UNKNOWN = -1;

    private UnixRules() {}

    /** Owner and mode of a path itself. */
    private record State(Path path, int owner, int mode) {
        static State of(Path path) throws IOException {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            return new State(path, (Integer) attributes.get("uid"), (Integer) attributes.get("mode"));
        }

        void checkOwner(String remedy) throws DiskException {
            if (owner != SUPER_USER && owner != Users.SELF && owner != Users.OF_ROOT) {
                throw new DiskException(
                        path + " belongs to another user (uid " + owner
                                + (Users.SELF == UNKNOWN
                                        ? "; who runs this JVM is not known)"
                                        : ", not " + Users.SELF + ")"),
                        remedy);
            }
        }

        int kind() {
            return mode & KIND;
        }

        boolean isWritableByOthers() {
            return (mode & OTHERS_WRITE) != 0;
        }

        DiskException writable(String remedy) {
            return new DiskException(
                    "others can write to " + path + " (mode " + Integer.toOctalString(mode & PERMISSIONS) + ")",
                    "chmod go-w " + path + " takes that right away. " + remedy);
        }
    }

    @Override
    public boolean isLinkOnTheWay(Path folder, String remedy) throws IOException {
        State state = State.of(folder);
        state.checkOwner(remedy);
        if (state.kind() == LINK) {
            return true;
        }
        if (state.kind() != FOLDER) {
            throw new DiskException(folder + " is in the way, which is no folder", remedy);
        }
        if (state.isWritableByOthers() && (state.mode() & STICKY) == 0) {
            throw new DiskException(
                    "others can replace what is in " + folder + " (mode "
                            + Integer.toOctalString(state.mode() & PERMISSIONS) + ", without the sticky bit)",
                    "chmod +t " + folder + " takes that right away. " + remedy);
        }
        return false;
    }

    @Override
    public void checkOwn(Path path, String remedy) throws IOException {
        State state = State.of(path);
        state.checkOwner(remedy);
        if (state.kind() == LINK) {
            throw new DiskException(path + " is a link", remedy);
        }
        if (state.isWritableByOthers()) {
            throw state.writable(remedy);
        }
    }

    /** Who is trusted beside the super-user; found out at the first question. */
    private static final class Users {
        static final int SELF = self();
        /** Inside a container the super-user may go by another number. */
        static final int OF_ROOT = owner(Path.of("/"));

        /**
         * Of whom this process is; Java has no call for it. Linux gives a process that may do more than its user to the
         * super-user.
         */
        private static int self() {
            int process = owner(Path.of("/proc/self"));
            if (process != UNKNOWN && process != SUPER_USER) {
                return process;
            }
            try {
                Path probe = WholeFile.create(TempFolder.path(), "attention4j-", ".probe", new byte[0]);
                try {
                    return owner(probe);
                } finally {
                    Files.delete(probe);
                }
            } catch (IOException e) {
                return process;
            }
        }

        private static int owner(Path path) {
            try {
                return (Integer) Files.getAttribute(path, "unix:uid");
            } catch (IOException | RuntimeException e) {
                return UNKNOWN;
            }
        }
    }
}
