package io.sagaflow.chaos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String AUDIT = "io.sagaflow.chaos.audit";
  private static final int FEWEST_CLASSES = 15;

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(AUDIT);

  @Test
  void givenTheAuditor_whenItsImportsAreLookedAt_thenItSharesNoCodeWithTheLibrary() {
    assertThat(classes).hasSizeGreaterThan(FEWEST_CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are the project's, and not the auditor's own", ArchitectureTest::isForeign))
        .check(classes);
  }

  private static boolean isForeign(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith("io.sagaflow") && !name.equals(AUDIT);
  }
}
