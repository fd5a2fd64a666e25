package io.sagaflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JournalServerTest {

  private static final String EFFECT =
      "INSERT INTO chaos_ledger (saga_id, step, kind) VALUES (gen_random_uuid(), ?, 'DONE')";

  @TempDir private Path directory;

  /** Also that the library's tables can be made on each version. */
  @ParameterizedTest
  @EnumSource
  void givenSynchronousStandby_whenItIsPromoted_thenItHasWhatWasCommitted(PostgresVersion version)
      throws Exception {
    try (Databases databases = Databases.start(directory, new Topology(version, false, true))) {
      int before = databases.entrance();
      enter(databases, "one");
      assertThat(databases.journal().promoteStandby()).isTrue();
      enter(databases, "two");
      assertThat(databases.journal().promoteStandby()).isTrue(); // there is another one

      assertThat(databases.entrance()).isNotEqualTo(before);
      try (Connection connection = databases.journal().connect()) {
        assertThat(Sql.rows(connection, "SELECT step FROM chaos_ledger ORDER BY id"))
            .isEqualTo(List.of(List.of("one"), List.of("two")));
        assertThat(version.name())
            .endsWith(
                Sql.rows(connection, "SELECT split_part(version(), ' ', 2)")
                    .get(0)
                    .get(0)
                    .split("\\.", -1)[0]);
      }
    }
  }

  private static void enter(Databases databases, String step) throws Exception {
    try (Connection connection = databases.journal().connect()) {
      assertThat(Sql.update(connection, EFFECT, step)).isEqualTo(1);
    }
  }
}
