package io.github.attention4j.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Owners and access lists, on Windows. Names of the system's own accounts differ from language to language, so the
 * user's home folder says who is trusted: whoever can write there anyway. That a folder on the way could be renamed is
 * not asked: Windows lets plain users make folders in the root of a drive, but not rename those of others.
 */
final class AclRules implements Ownership.Rules {
    static final AclRules THESE = new AclRules();

    private static final Set<AclEntryPermission> WRITING = EnumSet.of(
            AclEntryPermission.WRITE_DATA,
            AclEntryPermission.APPEND_DATA,
            AclEntryPermission.DELETE,
            AclEntryPermission.DELETE_CHILD,
            AclEntryPermission.WRITE_ACL,
            AclEntryPermission.WRITE_OWNER);

    private AclRules() {}

    @Override
    public boolean isLinkOnTheWay(Path at, String remedy) throws IOException {
        if (Files.isSymbolicLink(at)) {
            return true;
        }
        if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
            throw new DiskException(at + " is in the way, which is no folder", remedy);
        }
        return false;
    }

    @Override
    public void checkOwn(Path path, String remedy) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new DiskException(path + " is a link", remedy);
        }
        AclFileAttributeView view =
                Files.getFileAttributeView(path, AclFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        UserPrincipal other = stranger(view.getOwner(), view.getAcl(), Users.TRUSTED);
        if (other != null) {
            throw new DiskException(other.getName() + " can write to " + path, remedy);
        }
    }

    /** The owner or the first of the list who can write and is not trusted; null if there is nobody. */
    static UserPrincipal stranger(UserPrincipal owner, List<AclEntry> list, Set<UserPrincipal> trusted) {
        if (!trusted.contains(owner)) {
            return owner;
        }
        for (AclEntry entry : list) {
            if (entry.type() == AclEntryType.ALLOW
                    && !Collections.disjoint(entry.permissions(), WRITING)
                    && !trusted.contains(entry.principal())) {
                return entry.principal();
            }
        }
        return null;
    }

    /** Who can write to a folder, its owner among them. */
    static Set<UserPrincipal> writers(UserPrincipal owner, List<AclEntry> list) {
        Set<UserPrincipal> writers = new HashSet<>();
        writers.add(owner);
        for (AclEntry entry : list) {
            if (entry.type() == AclEntryType.ALLOW && !Collections.disjoint(entry.permissions(), WRITING)) {
                writers.add(entry.principal());
            }
        }
        return writers;
    }

    /** Found out at the first question. */
    private static final class Users {
        static final Set<UserPrincipal> TRUSTED = ofHome();

        private static Set<UserPrincipal> ofHome() {
            try {
                Path home = Path.of(System.getProperty("user.home", ""));
                AclFileAttributeView view = Files.getFileAttributeView(home, AclFileAttributeView.class);
                return writers(view.getOwner(), view.getAcl());
            } catch (IOException | InvalidPathException e) {
                return Set.of(); // nobody is trusted, and nothing kept
            }
        }
    }
}
