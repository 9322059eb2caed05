package io.github.attention4j.spark;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Merges parts in the order in which they come, as a balanced tree: n parts go through log₂ n roundings instead of n,
 * and no more than log₂ n of them are kept.
 */
final class PairwiseMerge {
    private final Deque<Tree> trees = new ArrayDeque<>();

    /** The merger of as many parts as there are at this level. */
    private record Tree(int level, Part part) {}

    void add(Part part) {
        Tree tree = new Tree(0, part);
        while (!trees.isEmpty() && trees.peek().level == tree.level) {
            tree = new Tree(tree.level + 1, trees.pop().part.merge(tree.part));
        }
        trees.push(tree);
    }

    /** The merger of all; null if there were none. */
    Part result() {
        Part result = null;
        for (Tree tree : trees) {
            result = result == null ? tree.part : tree.part.merge(result);
        }
        return result;
    }
}
