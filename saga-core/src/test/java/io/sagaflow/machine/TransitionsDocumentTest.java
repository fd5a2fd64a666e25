package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/transitions.md} is drawn by the code that it documents. */
class TransitionsDocumentTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "transitions.md");
  private static final String WRITE = "sagaflow.transitions.write";

  private static final String INTRODUCTION =
      """
      # Transitions

      Which record may follow in which status, and where it leads. This is the whole truth: the machine refuses every
      record that isn't drawn here, live and in a replay. The page is generated from the same declaration, so change
      `Transitions.java` and write it anew:

          mvn -pl saga-core test -Dtest=TransitionsDocumentTest -Dsagaflow.transitions.write=true

      """;

  @Test
  void givenTheDeclaration_whenItIsDrawn_thenTheDocumentShowsThat() throws IOException {
    String drawn = INTRODUCTION + Transitions.INSTANCE.toMermaid();

    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(DOCUMENT, drawn);
    }

    assertThat(DOCUMENT)
        .as("is drawn from Transitions; run this test with -D%s=true to write it anew", WRITE)
        .content()
        .isEqualTo(drawn);
  }
}
