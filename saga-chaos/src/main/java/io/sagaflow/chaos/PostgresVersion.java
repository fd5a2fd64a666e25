package io.sagaflow.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The versions of PostgreSQL that the suite has binaries of. The archives have one name in all
 * versions: that of the newest is on the class path as it comes, that of the oldest is in a folder
 * that the build makes.
 */
enum PostgresVersion {
  V14("14"),
  V18("18");

  private static final String OLDEST = "/postgres-14/postgres-linux-x86_64.txz";

  private final String number;

  PostgresVersion(String number) {
    this.number = number;
  }

  static PostgresVersion of(String number) {
    return Arrays.stream(values())
        .filter(version -> version.number.equals(number))
        .findFirst()
        .orElseThrow(() -> new NotUsableException("--postgres is one of " + numbers()));
  }

  private static String numbers() {
    return Arrays.stream(values()).map(version -> version.number).collect(Collectors.joining(", "));
  }

  /** A server of this version, not started. */
  EmbeddedPostgres.Builder embedded() {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
    return this == V14 ? builder.setPgBinaryResolver(PostgresVersion::oldest) : builder;
  }

  private static InputStream oldest(String system, String hardware) throws IOException {
    InputStream archive = PostgresVersion.class.getResourceAsStream(OLDEST);
    if (archive == null || !system.equals("Linux") || !hardware.equals("x86_64")) {
      throw new FileNotFoundException(
          "The binaries of PostgreSQL 14 are for Linux on x86_64, and are put into "
              + OLDEST
              + " by the build; this is "
              + system
              + " on "
              + hardware);
    }
    return archive;
  }

  /** Begins a base backup: it was renamed in version 15. */
  String backupStart() {
    return this == V14
        ? "SELECT pg_start_backup('standby', true, false)"
        : "SELECT pg_backup_start('standby', true)";
  }

  /** Ends a base backup, and answers the label that belongs to the copy. */
  String backupStop() {
    return this == V14
        ? "SELECT labelfile FROM pg_stop_backup(false, false)"
        : "SELECT labelfile FROM pg_backup_stop(false)";
  }
}
