package io.sagaflow.chaos;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Copies a running server by the low-level API: the binaries come without pg_basebackup. */
final class BaseBackup {

  /** Folders whose content belongs to the server that is running there. */
  private static final Set<String> LEFT_EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "pg_internal.init", "standby.signal");

  private static final Path CONTROL = Path.of("global", "pg_control");

  private BaseBackup() {}

  /** Makes a data directory that follows the server once it is started. */
  static void copy(PostgresServer server, PostgresVersion version, Path target)
      throws IOException, SQLException {
    try (Connection connection = server.connect()) {
      List<List<String>> unused = Sql.rows(connection, version.backupStart());
      Path source = server.data();
      Files.walkFileTree(source, new Copy(source, target));
      Files.copy(source.resolve(CONTROL), target.resolve(CONTROL)); // last, as pg_basebackup does
      String label = Sql.rows(connection, version.backupStop()).get(0).get(0);
      Files.writeString(target.resolve("backup_label"), label);
    }
    Files.createFile(target.resolve("standby.signal"));
  }

  /** Copies what belongs to a backup; what goes while it is looked at, the WAL brings again. */
  private static final class Copy extends SimpleFileVisitor<Path> {

    private final Path source;
    private final Path target;

    Copy(Path source, Path target) {
      this.source = source;
      this.target = target;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Path name = source.relativize(folder);
      Files.createDirectory(
          target.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return LEFT_EMPTY.contains(name.toString())
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Path name = source.relativize(file);
      if (!LEFT_OUT.contains(file.getFileName().toString()) && !name.equals(CONTROL)) {
        try {
          Files.copy(file, target.resolve(name));
        } catch (NoSuchFileException e) {
          // dropped meanwhile
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  /** Deletes the data of a server that is gone. */
  static void delete(Path data) throws IOException {
    try (var files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
