package io.sagaflow.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What this room may import: the API, the store SPI and JDBC, but neither engine nor machine. */
class RoomTest {

  private static final String ROOM = "io.sagaflow.jdbc";

  private static final ArchRule THE_STORE_KNOWS_THE_SPI_AND_JDBC =
      classes()
          .that()
          .resideInAPackage(ROOM)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.sagaflow",
              "io.sagaflow.store",
              ROOM,
              "java.lang..",
              "java.util..",
              "java.time..",
              "java.io", // its scripts
              "java.nio.charset",
              "java.sql",
              "javax.sql",
              "com.zaxxer.hikari",
              "org.slf4j..",
              "org.jspecify.annotations");

  @Test
  void givenTheRoom_whenItsImportsAreChecked_thenTheyFollowTheArrows() {
    JavaClasses main =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOM);

    THE_STORE_KNOWS_THE_SPI_AND_JDBC.check(main);
    assertThat(main).hasSizeGreaterThanOrEqualTo(25);
  }

  @Test
  void givenClassesThatImportMore_whenChecked_thenTheRuleFails() {
    JavaClasses withTests = new ClassFileImporter().importPackages(ROOM);

    assertThatThrownBy(() -> THE_STORE_KNOWS_THE_SPI_AND_JDBC.check(withTests))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("io.sagaflow.testkit");
  }
}
