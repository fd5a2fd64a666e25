package io.sagaflow;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.sagaflow.store.SagaStore;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rooms of this module and the arrows between them. Plain tests check the rules, since a runner
 * that finds no rule field passes; and each rule has to fail where classes break it.
 */
class RoomsTest {

  private static final String API = "io.sagaflow";
  private static final String STORE = "io.sagaflow.store";
  private static final String MACHINE = "io.sagaflow.machine";
  private static final String ENGINE = "io.sagaflow.engine";
  private static final String NULLNESS = "org.jspecify.annotations";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(API);

  /** The tests of a room lie in its package, and import what the room may not. */
  private static final JavaClasses WITH_TESTS = new ClassFileImporter().importPackages(API);

  private static final DescribedPredicate<JavaClass> BUILDER =
      equivalentTo(SagaCoordinatorBuilder.class);

  /** The codec that brings Jackson, and its parts. */
  private static final DescribedPredicate<JavaClass> JSON =
      describe(
          "write JSON",
          type -> {
            String name = type.getName();
            return name.startsWith(API + ".JacksonPayloadCodec")
                || name.startsWith(API + ".SortedSets");
          });

  /** What the inner rooms may know of the API: what it says, not what it does. */
  private static final DescribedPredicate<JavaClass> VALUES =
      describe(
          "are values of the API",
          type ->
              Stream.of(
                      LocalTransaction.class,
                      Pause.class,
                      Pause.Kind.class,
                      RecordKind.class,
                      RetryPolicy.class,
                      SagaCounts.class,
                      SagaCounts.Count.class,
                      SagaException.class,
                      LockClaim.class,
                      SagaId.class,
                      SagaStatus.class,
                      SagaStoreException.class,
                      SagaSummary.class,
                      StepKind.class,
                      StepStatus.class,
                      TransactionRunner.class)
                  .anyMatch(type.getBaseComponentType()::isEquivalentTo));

  private static final ArchRule THE_API_STANDS_ALONE =
      classes()
          .that(resideInAPackage(API).and(not(BUILDER)).and(not(JSON)))
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage(API, "java..", "javax.crypto..", NULLNESS));

  private static final ArchRule THE_BUILDER_IS_THE_DOOR_TO_ENGINE_AND_STORE =
      classes()
          .that(BUILDER)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(API, STORE, ENGINE, "java..", NULLNESS)
                  .or(equivalentTo(ObjectMapper.class)));

  private static final ArchRule THE_JSON_CODEC_KNOWS_JACKSON =
      classes()
          .that(resideInAPackage(API).and(JSON))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(API, "java..", NULLNESS, "com.fasterxml.jackson.."));

  private static final ArchRule THE_STORE_KNOWS_VALUES =
      classes()
          .that(resideInAPackage(STORE))
          .should()
          .onlyDependOnClassesThat(
              VALUES.or(
                  resideInAnyPackage(
                      STORE,
                      "java.lang..",
                      "java.util..",
                      "java.time..",
                      "java.io", // its ids are serializable
                      "java.nio.charset",
                      NULLNESS)));

  private static final ArchRule THE_MACHINE_KNOWS_VALUES_AND_RECORDS =
      classes()
          .that(resideInAPackage(MACHINE))
          .should()
          .onlyDependOnClassesThat(
              VALUES
                  .or(resideInAPackage(STORE).and(not(assignableTo(SagaStore.class))))
                  .or(
                      resideInAnyPackage(
                          MACHINE,
                          "java.lang",
                          "java.lang.invoke", // lambdas
                          "java.lang.runtime", // records
                          "java.time",
                          "java.util",
                          "java.util.function",
                          "java.util.stream",
                          NULLNESS)));

  private static final ArchRule THE_ENGINE_KNOWS_NO_DATABASE =
      classes()
          .that(resideInAPackage(ENGINE))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      API,
                      STORE,
                      MACHINE,
                      ENGINE,
                      "java.lang..",
                      "java.util..",
                      "java.time..",
                      "java.security", // chance
                      "org.slf4j",
                      NULLNESS)
                  .and(not(implementationOfAStore())));

  static Stream<ArchRule> arrows() {
    return Stream.of(
        THE_API_STANDS_ALONE,
        THE_STORE_KNOWS_VALUES,
        THE_MACHINE_KNOWS_VALUES_AND_RECORDS,
        THE_JSON_CODEC_KNOWS_JACKSON,
        THE_ENGINE_KNOWS_NO_DATABASE);
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void givenARoom_whenItsImportsAreChecked_thenTheyFollowTheArrows(ArchRule arrow) {
    arrow.check(MAIN);
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void givenClassesOfARoomThatImportMore_whenChecked_thenTheRuleFails(ArchRule arrow) {
    assertThatThrownBy(() -> arrow.check(WITH_TESTS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("org.junit.jupiter");
  }

  @Test
  void givenTheOneDoorUpward_whenItsImportsAreChecked_thenItDoesNotKnowTheMachine() {
    THE_BUILDER_IS_THE_DOOR_TO_ENGINE_AND_STORE.check(MAIN);
  }

  @ParameterizedTest
  @CsvSource({API + ",35", STORE + ",40", MACHINE + ",20", ENGINE + ",45"})
  void givenTheImporter_whenItHasLooked_thenItHasSeenTheRooms(String room, int least) {
    long seen = MAIN.stream().filter(type -> type.getPackageName().equals(room)).count();

    assertThat(seen).as(room).isGreaterThanOrEqualTo(least);
  }

  @Test
  void givenThisModule_whenItsPackagesAreListed_thenNoRoomIsWithoutRules() {
    Set<String> rooms = MAIN.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

    assertThat(rooms).containsExactlyInAnyOrder(API, STORE, MACHINE, ENGINE);
  }

  @Test
  void givenTheMachine_whenItsCallsAreChecked_thenItHasNoClockNoChanceAndNoThread() {
    noClasses()
        .that(resideInAPackage(MACHINE))
        .should()
        .accessTargetWhere(isAskedForTimeOrChance())
        .orShould()
        .dependOnClassesThat(
            belongToAnyOf(
                System.class,
                Thread.class,
                Runtime.class,
                Process.class,
                Clock.class,
                InstantSource.class,
                Timer.class,
                Random.class,
                SplittableRandom.class))
        .check(MAIN);
  }

  /** Its whole world is injected, so that it runs in virtual time; one class knows the real one. */
  @Test
  void givenTheEngine_whenItsCallsAreChecked_thenOnlyTheRealEnvironmentAsksTheSystem() {
    noClasses()
        .that(resideInAPackage(ENGINE).and(not(equivalentTo(engine("Threads")))))
        .should()
        .accessTargetWhere(isAskedForTimeOrChance())
        .orShould()
        .dependOnClassesThat(
            belongToAnyOf(
                Clock.class, Timer.class, Executors.class, Random.class, SplittableRandom.class))
        .check(MAIN);
  }

  @Test
  void givenTheControls_whenClassesAskForTimeOrChance_thenTheRulesWouldSeeIt() {
    JavaClasses asking = new ClassFileImporter().importClasses(Asking.class);

    assertThatThrownBy(
            () -> noClasses().should().accessTargetWhere(isAskedForTimeOrChance()).check(asking))
        .hasMessageContaining("Instant.now()")
        .hasMessageContaining("System.currentTimeMillis()")
        .hasMessageContaining("System.nanoTime()")
        .hasMessageContaining("UUID.randomUUID()")
        .hasMessageContaining("Math.random()")
        .hasMessageContaining("Thread.sleep(");
  }

  /** Does what the machine must not do. */
  static final class Asking {

    static Object all() throws InterruptedException {
      Thread.sleep(0);
      return java.time.Instant.now()
          + ""
          + System.currentTimeMillis()
          + System.nanoTime()
          + java.util.UUID.randomUUID()
          + Math.random();
    }
  }

  private static DescribedPredicate<JavaAccess<?>> isAskedForTimeOrChance() {
    Set<String> names =
        Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Thread.sleep",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID");
    return describe(
        "asks for time or chance",
        access -> {
          JavaClass owner = access.getTargetOwner();
          String name = access.getTarget().getName();
          boolean now = owner.getPackageName().startsWith("java.time") && name.equals("now");
          return now || names.contains(owner.getName() + "." + name);
        });
  }

  private static DescribedPredicate<JavaClass> implementationOfAStore() {
    return assignableTo(SagaStore.class).and(not(equivalentTo(SagaStore.class)));
  }

  private static Class<?> engine(String name) {
    try {
      return Class.forName(ENGINE + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
