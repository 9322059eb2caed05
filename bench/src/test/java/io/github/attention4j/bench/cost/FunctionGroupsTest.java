package io.github.attention4j.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.bench.cost.CostCase.Group;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A function and its twin are the same computation: the answer of one is right for the other. */
class FunctionGroupsTest {
    @Test
    void functionsAndWhatIsBuiltInHaveOneAnswer() {
        List<Group> groups = FunctionGroups.all(32);
        assertEquals(24, groups.size());
        for (Group group : groups.subList(0, 12)) {
            CostCase function = group.options().get(0);
            if (function.goal() == 1.10 && !function.option().startsWith("ALiBi")) { // whose slopes are random
                double[] answer = new ExactAnswer(group.plain().call()).answer;
                assertTrue(
                        new ExactAnswer(function.call(), answer)
                                .check(function.call().budget())
                                .passed(),
                        function.option());
            }
        }
    }
}
