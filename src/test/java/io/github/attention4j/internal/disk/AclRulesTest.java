package io.github.attention4j.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who counts as a stranger by access lists, which only Windows has. */
class AclRulesTest {
    private record User(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private static final User SELF = new User("PC\\jana");
    private static final User SYSTEM = new User("NT-AUTORITÄT\\SYSTEM");
    private static final User EVERYBODY = new User("Jeder");

    private static final List<AclEntry> HOME = List.of(
            entry(AclEntryType.ALLOW, SELF, AclEntryPermission.WRITE_DATA),
            entry(AclEntryType.ALLOW, SYSTEM, AclEntryPermission.WRITE_ACL),
            entry(AclEntryType.ALLOW, EVERYBODY, AclEntryPermission.READ_DATA));
    private static final Set<UserPrincipal> TRUSTED = AclRules.writers(SELF, HOME);

    private static AclEntry entry(AclEntryType type, UserPrincipal who, AclEntryPermission... what) {
        return AclEntry.newBuilder()
                .setType(type)
                .setPrincipal(who)
                .setPermissions(what)
                .build();
    }

    @Test
    void whoCanWriteToTheHomeFolderIsTrustedAndNobodyElse() {
        assertEquals(Set.of(SELF, SYSTEM), TRUSTED);
        assertNull(AclRules.stranger(SELF, HOME, TRUSTED));
        assertNull(AclRules.stranger(SYSTEM, List.of(), TRUSTED));
    }

    @Test
    void anotherOwnerIsAStranger() {
        assertEquals(EVERYBODY, AclRules.stranger(EVERYBODY, HOME, TRUSTED));
        assertEquals(SELF, AclRules.stranger(SELF, HOME, Set.of()));
    }

    @Test
    void whoCanAddOrDeleteOrTakeOverIsAStranger() {
        for (AclEntryPermission right : List.of(
                AclEntryPermission.WRITE_DATA,
                AclEntryPermission.APPEND_DATA,
                AclEntryPermission.DELETE_CHILD,
                AclEntryPermission.WRITE_OWNER)) {
            List<AclEntry> list = List.of(HOME.get(0), entry(AclEntryType.ALLOW, EVERYBODY, right));
            assertEquals(EVERYBODY, AclRules.stranger(SELF, list, TRUSTED), right.name());
        }
        List<AclEntry> denied =
                List.of(HOME.get(0), entry(AclEntryType.DENY, EVERYBODY, AclEntryPermission.WRITE_DATA));
        assertNull(AclRules.stranger(SELF, denied, TRUSTED));
    }
}
