package io.sagaflow.testkit.mutants;

import io.sagaflow.testkit.mutants.SeededBug.Hunk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sources from which this build was made. A patch that fits no more fails: the list of bugs
 * stays true when the code moves.
 *
 * @param root the root of the checkout
 */
record SourceTree(Path root) {

  /** The checkout around the module that is being tested. */
  static SourceTree ofThisBuild() {
    Path directory = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("saga-core/src/main/java"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("No checkout around " + Path.of("").toAbsolutePath());
      }
    }
    return new SourceTree(directory);
  }

  /** The files that a bug changes, with the bug in them. */
  Map<String, String> with(SeededBug bug) {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Hunk hunk : bug.hunks()) {
      String text = changed.computeIfAbsent(hunk.file(), this::read);
      changed.put(hunk.file(), apply(bug, hunk, text));
    }
    return changed;
  }

  private static String apply(SeededBug bug, Hunk hunk, String text) {
    String lines = "\n" + text;
    String before = "\n" + hunk.before();
    int at = lines.indexOf(before);
    if (at < 0 || lines.indexOf(before, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "Seeded bug "
              + bug.name()
              + " doesn't fit "
              + hunk.file()
              + (at < 0 ? " any more, which has no lines" : ", which has more than once the lines")
              + before
              + "Mend the patch, so that it plants the same mistake in today's code.");
    }
    String rest = lines.substring(at + before.length());
    return lines.substring(1, at + 1) + hunk.after() + rest;
  }

  private String read(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
