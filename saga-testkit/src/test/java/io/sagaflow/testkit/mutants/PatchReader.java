package io.sagaflow.testkit.mutants;

import io.sagaflow.testkit.mutants.SeededBug.Hunk;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads seeded bugs from a text. Each begins with {@code = name}; a sentence says what it breaks;
 * then follow its patches, as {@code diff -u} would show them but without line numbers: {@code ---}
 * names the file, {@code @@} begins a further place in it. Lines with {@code #} are comments.
 */
final class PatchReader {

  private final String room;
  private final List<SeededBug> bugs = new ArrayList<>();
  private final List<Hunk> hunks = new ArrayList<>();
  private final List<String> breaks = new ArrayList<>();
  private final StringBuilder before = new StringBuilder();
  private final StringBuilder after = new StringBuilder();
  private String name = "";
  private String file = "";

  private PatchReader(String room) {
    this.room = room;
  }

  static List<SeededBug> read(String room, String text) {
    PatchReader reader = new PatchReader(room);
    text.lines().filter(line -> !line.isBlank()).forEach(reader::line);
    reader.endBug();
    return List.copyOf(reader.bugs);
  }

  private void line(String line) {
    if (line.startsWith("#")) {
      return;
    }
    if (line.startsWith("= ")) {
      endBug();
      name = line.substring(2);
    } else if (line.startsWith("--- ")) {
      endHunk();
      file = line.substring(4);
    } else if (line.startsWith("@@")) {
      endHunk();
    } else if (!file.isEmpty()) {
      change(line.charAt(0), line.substring(1) + "\n");
    } else {
      breaks.add(line);
    }
  }

  private void change(char mark, String line) {
    switch (mark) {
      case ' ' -> {
        before.append(line);
        after.append(line);
      }
      case '-' -> before.append(line);
      case '+' -> after.append(line);
      default ->
          throw new IllegalArgumentException(
              "Seeded bug " + name + ": a line of a patch begins with ' ', '-' or '+': " + line);
    }
  }

  private void endHunk() {
    if (before.length() > 0 || after.length() > 0) {
      hunks.add(new Hunk(file, before.toString(), after.toString()));
    }
    before.setLength(0);
    after.setLength(0);
  }

  private void endBug() {
    endHunk();
    if (!name.isEmpty()) {
      bugs.add(new SeededBug(name, room, String.join(" ", breaks), hunks));
    }
    hunks.clear();
    breaks.clear();
    file = "";
  }
}
