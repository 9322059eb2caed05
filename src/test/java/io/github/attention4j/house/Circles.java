package io.github.attention4j.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Circles of classes that know each other, by Tarjan's search for strongly connected components. A nested class counts
 * as its outermost one.
 */
final class Circles {
    private final Map<String, Set<String>> known;
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<Set<String>> found = new HashSet<>();

    private Circles(Map<String, Set<String>> known) {
        this.known = known;
        known.keySet().stream()
                .sorted()
                .filter(name -> !order.containsKey(name))
                .forEach(this::visit);
    }

    /** From the name of each class to the names of those among them that it knows. */
    static Map<String, Set<String>> knownBy(JavaClasses classes) {
        Map<String, Set<String>> known = new HashMap<>();
        for (JavaClass each : classes) {
            Set<String> names = known.computeIfAbsent(outermost(each), name -> new TreeSet<>());
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> classes.contain(target.getName()))
                    .map(Circles::outermost)
                    .forEach(names::add);
        }
        return known;
    }

    /** Circles that lead through several packages, each as the names of its classes. */
    static Set<Set<String>> in(Map<String, Set<String>> known) {
        return new Circles(known)
                .found.stream()
                        .filter(circle -> circle.stream()
                                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                                        .distinct()
                                        .count()
                                > 1)
                        .collect(Collectors.toSet());
    }

    private void visit(String name) {
        order.put(name, order.size());
        lowest.put(name, order.get(name));
        open.push(name);
        for (String next : known.getOrDefault(name, Set.of())) {
            if (!order.containsKey(next)) {
                visit(next);
                lowest.merge(name, lowest.get(next), Math::min);
            } else if (open.contains(next)) {
                lowest.merge(name, order.get(next), Math::min);
            }
        }
        if (lowest.get(name).equals(order.get(name))) {
            Set<String> circle = new TreeSet<>();
            String last;
            do {
                last = open.pop();
                circle.add(last);
            } while (!last.equals(name));
            found.add(circle);
        }
    }

    private static String outermost(JavaClass nested) {
        String name = nested.getName();
        return name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    }
}
