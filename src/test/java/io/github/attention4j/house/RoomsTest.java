package io.github.attention4j.house;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.OpenClHandles;
import io.github.attention4j.OpenClInterop;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules of place: who may know whom. Read from the compiled classes. */
class RoomsTest {
    private static final String US = "io.github.attention4j";
    private static final String LAYERS = US + ".layers";
    private static final String SCORE = US + ".score";
    private static final String INSIDE = US + ".internal";
    /** Folders of kernel families and of measured tiles below planning; only planning itself looks into them. */
    private static final String[] FAMILIES = {
        INSIDE + ".plan.lanes..",
        INSIDE + ".plan.tiles..",
        INSIDE + ".plan.matrix..",
        INSIDE + ".plan.decode..",
        INSIDE + ".plan.tuning.."
    };

    private static JavaClasses library;

    @BeforeAll
    static void readTheLibrary() throws URISyntaxException {
        Path folder = Path.of(AttentionEngine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        library = new ClassFileImporter().importPath(folder);
        assertTrue(library.contain(AttentionEngine.class), "the library is not where this test looks: " + folder);
    }

    @Test
    void everyRoomKnowsOnlyTheRoomsItStandsOn() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true) // some rooms are still to come
                .layer("API")
                .definedBy(US, LAYERS, SCORE)
                .layer("engine")
                .definedBy(INSIDE + ".engine..")
                .layer("opencl")
                .definedBy(INSIDE + ".opencl..")
                .layer("java")
                .definedBy(INSIDE + ".java..")
                .layer("several")
                .definedBy(INSIDE + ".several..")
                .layer("calls")
                .definedBy(INSIDE + ".calls..")
                .layer("split")
                .definedBy(INSIDE + ".split..")
                .layer("plan")
                .definedBy(INSIDE + ".plan..")
                .layer("kernel")
                .definedBy(INSIDE + ".kernel..")
                .layer("cache")
                .definedBy(INSIDE + ".cache..")
                .layer("operand")
                .definedBy(INSIDE + ".operand..")
                .layer("base")
                .definedBy(INSIDE)
                .layer("layers")
                .definedBy(INSIDE + ".layers..")
                .layer("device")
                .definedBy(INSIDE + ".device..")
                .layer("disk")
                .definedBy(INSIDE + ".disk..")
                .whereLayer("API")
                .mayOnlyAccessLayers("engine", "calls", "split", "cache", "operand", "base", "device", "disk")
                .whereLayer("opencl")
                .mayOnlyAccessLayers(
                        "API", "split", "plan", "kernel", "cache", "operand", "base", "layers", "device", "disk")
                .whereLayer("java")
                .mayOnlyAccessLayers("API", "split", "cache", "operand", "base", "layers")
                .whereLayer("several")
                .mayOnlyAccessLayers("API", "java", "calls", "split", "cache", "operand", "base")
                .whereLayer("calls")
                .mayOnlyAccessLayers("API", "split", "base")
                .whereLayer("split")
                .mayOnlyAccessLayers("API", "operand")
                .whereLayer("plan")
                .mayOnlyAccessLayers("API", "split", "kernel", "operand", "base", "device", "disk")
                .whereLayer("kernel")
                .mayOnlyAccessLayers("API", "operand", "base", "device")
                .whereLayer("cache")
                .mayOnlyAccessLayers("API", "operand", "base")
                .whereLayer("operand")
                .mayOnlyAccessLayers("API", "base")
                .whereLayer("base")
                .mayOnlyAccessLayers("API", "split", "cache", "operand", "disk")
                .whereLayer("layers")
                .mayOnlyAccessLayers("API", "base")
                .whereLayer("device")
                .mayOnlyAccessLayers("API")
                .whereLayer("disk")
                .mayNotAccessAnyLayer()
                .ensureAllClassesAreContainedInArchitectureIgnoring("")
                // A caller's own context is opened by name, without a search for devices.
                .ignoreDependency(AttentionEngine.class.getName(), INSIDE + ".opencl.OpenClBackend")
                .check(library);
    }

    @Test
    void theRoomsOfTheJavaPathKnowOnlyThoseBelowThem() {
        String java = INSIDE + ".java";
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("device")
                .definedBy(java)
                .layer("vector")
                .definedBy(java + ".tiled.vector..")
                .layer("tiled")
                .definedBy(java + ".tiled")
                .layer("layers")
                .definedBy(java + ".layers..")
                .layer("reference")
                .definedBy(java + ".reference..")
                .layer("steps")
                .definedBy(java + ".steps..")
                .layer("memory")
                .definedBy(java + ".memory..")
                .layer("threads")
                .definedBy(java + ".threads..")
                .whereLayer("vector")
                .mayOnlyAccessLayers("tiled", "steps", "memory", "threads")
                .whereLayer("tiled")
                .mayOnlyAccessLayers("steps", "memory", "threads")
                .whereLayer("layers")
                .mayOnlyAccessLayers("vector", "tiled", "steps", "memory", "threads")
                .whereLayer("reference")
                .mayOnlyAccessLayers("steps", "memory", "threads")
                .whereLayer("steps")
                .mayOnlyAccessLayers("memory", "threads")
                .whereLayer("memory")
                .mayOnlyAccessLayers("threads")
                .whereLayer("threads")
                .mayNotAccessAnyLayer()
                .check(library);
    }

    /**
     * The API is above the rooms and below them: they compute what its types say. That circle is checked class by
     * class.
     */
    @Test
    void noRoomStandsOnOneThatStandsOnIt() {
        slices().assignedFrom(byRoom())
                .should()
                .beFreeOfCycles()
                .ignoreDependency(resideInAnyPackage(US, LAYERS, SCORE), alwaysTrue())
                .ignoreDependency(alwaysTrue(), resideInAnyPackage(US, LAYERS, SCORE))
                .check(library);
    }

    @Test
    void noCircleOfClassesLeadsThroughSeveralPackages() {
        assertEquals(Set.of(), Circles.in(Circles.knownBy(library)));
    }

    @Test
    void whatIsKnownOfHardwareIsDataThatKnowsNoEngine() {
        noClasses()
                .that()
                .resideInAPackage(INSIDE + ".device..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(US.replace(".", "\\.") + "\\.(AttentionEngine|EngineOptions|DeviceTensor)")
                .check(library);
    }

    @Test
    void onlyPlanningLooksIntoAFamily() {
        noClasses()
                .that()
                .resideOutsideOfPackage(INSIDE + ".plan..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FAMILIES)
                .allowEmptyShould(true)
                .check(library);
    }

    @Test
    void onlyTheDriversRoomKnowsJocl() {
        onlyOpenclKnowsJocl().check(library);
        classes()
                .that()
                .belongToAnyOf(AttentionEngine.class)
                .should()
                .onlyDependOnClassesThat(are(not(resideInAPackage("org.jocl.."))
                        .or(belongToAnyOf(cl_context.class, cl_command_queue.class))))
                .because("a caller may own a context and a queue")
                .check(library);
    }

    @Test
    void thePublicApiShowsNothingOfTheInside() {
        assertEquals(Set.of(), Shown.insideOf(library, US, INSIDE));
        assertEquals(Set.of(), Shown.insideOf(library, LAYERS, INSIDE));
        assertEquals(Set.of(), Shown.insideOf(library, SCORE, INSIDE));
    }

    @Test
    void aPlantedUseOfJoclIsFound() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class);
        assertTrue(onlyOpenclKnowsJocl().evaluate(planted).hasViolation());
    }

    private static final class Planted {
        @SuppressWarnings("unused") // only read by the rule
        private static int release(cl_context context) {
            return CL.clReleaseContext(context);
        }
    }

    private static ArchRule onlyOpenclKnowsJocl() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(INSIDE + ".opencl..")
                .and()
                .doNotBelongToAnyOf(AttentionEngine.class, OpenClInterop.class, OpenClHandles.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jocl..");
    }

    private static SliceAssignment byRoom() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return SliceIdentifier.of(javaClass.getPackageName());
            }

            @Override
            public String getDescription() {
                return "rooms";
            }
        };
    }
}
