package io.sagaflow.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/**
 * What this room may import: the exported packages, and the engine and machine to simulate them.
 */
class RoomTest {

  private static final String ROOM = "io.sagaflow.testkit";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOM);

  private static final ArchRule THE_TEST_KIT_KNOWS_THE_CORE =
      classes()
          .that()
          .resideInAPackage(ROOM + "..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sagaflow",
              "io.sagaflow.store",
              "io.sagaflow.engine",
              "io.sagaflow.machine",
              ROOM + "..",
              "java.io", // what users know a lost connection by: IOException
              "java.sql", // a transactional step is handed a connection
              "java.lang..",
              "java.util..",
              "java.time..",
              "javax.crypto.spec", // of a simulated key
              "org.assertj.core.api",
              "org.junit.jupiter.api..",
              "org.jspecify.annotations");

  @Test
  void givenTheRoom_whenItsImportsAreChecked_thenTheyFollowTheArrows() {
    THE_TEST_KIT_KNOWS_THE_CORE.check(MAIN);
    assertThat(MAIN).hasSizeGreaterThanOrEqualTo(8);
  }

  /** It is published for stores of any kind, which have no qualified export. */
  @Test
  void givenTheContractOfStores_whenItsImportsAreChecked_thenItKnowsTheSpiAlone() {
    noClasses()
        .that()
        .haveNameMatching(".*Contract(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.sagaflow.engine", "io.sagaflow.machine")
        .check(MAIN);
  }

  @Test
  void givenClassesThatImportMore_whenChecked_thenTheRuleFails() {
    ArchRule narrower =
        noClasses()
            .that()
            .resideInAPackage(ROOM)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sagaflow.engine");

    assertThatThrownBy(() -> narrower.check(MAIN)).isInstanceOf(AssertionError.class);
  }
}
