package io.sagaflow.testkit.mutants;

import io.sagaflow.testkit.mutants.Hunter.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table of what was found: {@code seeded-bugs.md} for people, {@code found-by.properties} to be
 * copied over the recorded seeds.
 */
final class HuntReport {

  private final List<Row> rows = new ArrayList<>();

  /**
   * One hunt.
   *
   * @param bug what was hunted
   * @param found what was found, if anything
   * @param took how long it took, the compiler included
   */
  record Row(SeededBug bug, Optional<Found> found, Duration took) {

    private String toMarkdown() {
      return String.format(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s | %s | %.1f |%n",
          bug.name(),
          bug.room(),
          bug.breaks(),
          found.map(hit -> Long.toString(hit.seed())).orElse("**not found**"),
          found.map(Found::oracle).orElse(""),
          found.map(hit -> Long.toString(hit.sagas())).orElse(""),
          took.toMillis() / 1_000.0);
    }
  }

  void add(Row row) {
    rows.add(row);
  }

  void writeTo(Path directory) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append("| bug | room | what it breaks | seed | oracle | sagas | seconds |\n");
    table.append("|---|---|---|---|---|---|---|\n");
    rows.forEach(row -> table.append(row.toMarkdown()));
    Files.writeString(directory.resolve("seeded-bugs.md"), table);
    StringBuilder seeds = new StringBuilder();
    rows.forEach(
        row ->
            row.found()
                .ifPresent(
                    hit -> seeds.append(row.bug()).append('=').append(hit.seed()).append('\n')));
    Files.writeString(directory.resolve("found-by.properties"), seeds);
    System.out.println(table);
  }
}
