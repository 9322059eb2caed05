package io.github.attention4j.house;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a package shows to its users: the types in its public and protected declarations. */
final class Shown {
    private Shown() {}

    /** Declarations of an API's public classes that name a type from inside, as "member names type". */
    static Set<String> insideOf(JavaClasses classes, String api, String inside) {
        Set<String> offences = new TreeSet<>();
        for (JavaClass each : classes) {
            if (!each.getPackageName().equals(api) || !isShown(each.getModifiers())) {
                continue;
            }
            Stream.concat(each.getSuperclass().stream(), each.getInterfaces().stream())
                    .forEach(type -> add(offences, each.getFullName(), type, inside));
            each.getMembers().stream()
                    .filter(member -> isShown(member.getModifiers()))
                    .forEach(
                            member -> types(member).forEach(type -> add(offences, member.getFullName(), type, inside)));
        }
        return offences;
    }

    private static Stream<JavaType> types(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit code = (JavaCodeUnit) member;
        return Stream.of(
                        code.getParameterTypes().stream(),
                        Stream.of(code.getReturnType()),
                        code.getExceptionTypes().stream())
                .flatMap(types -> types);
    }

    private static void add(Set<String> offences, String who, JavaType type, String inside) {
        type.getAllInvolvedRawTypes().stream()
                .filter(raw -> (raw.getPackageName() + ".").startsWith(inside + "."))
                .forEach(raw -> offences.add(who + " names " + raw.getName()));
    }

    private static boolean isShown(Set<JavaModifier> modifiers) {
        return modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED);
    }
}
