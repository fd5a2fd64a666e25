package io.sagaflow.chaos;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The classes of a node, loaded and linked ahead (class data sharing): nodes that are killed often
 * start in half the time. The JVM makes it when a process ends in order, of jars alone.
 */
final class ClassArchive {

  private final Path file;

  ClassArchive(Path directory) {
    this.file = directory.resolve("node-classes.jsa");
  }

  /** Whether one can be made. */
  static boolean isPossible() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .allMatch(part -> Files.isRegularFile(Path.of(part)));
  }

  /** Options for a process: the first one makes it when it ends. */
  List<String> options() {
    String option = Files.exists(file) ? "SharedArchiveFile" : "ArchiveClassesAtExit";
    return isPossible() ? List.of("-XX:" + option + "=" + file) : List.of();
  }
}
