package io.sagaflow.chaos.audit;

import java.util.ArrayList;
import java.util.List;

/** What a journal has to be by itself. */
final class JournalRules {

  private JournalRules() {}

  static List<String> noGaps(Plan plan, History history) {
    List<String> flaws = new ArrayList<>();
    long expected = 1;
    for (RecordRow row : history.records()) {
      if (row.seq() != expected) {
        flaws.add("record " + row.seq() + " where record " + expected + " belongs");
      }
      expected = row.seq() + 1;
    }
    return flaws;
  }

  static List<String> endsOnce(Plan plan, History history) {
    List<RecordRow> rows = history.records();
    for (int i = 0; i < rows.size() - 1; i++) {
      if (Replay.isEnd(rows.get(i))) {
        return List.of(rows.get(i + 1).kind() + " after " + rows.get(i).kind());
      }
    }
    return List.of();
  }

  static List<String> legal(Plan plan, History history) {
    String problem = Replay.of(history).problem();
    return problem.isEmpty() ? List.of() : List.of(problem);
  }

  static List<String> status(Plan plan, History history) {
    String replayed = Replay.of(history).status();
    return history.saga().stream()
        .filter(saga -> !saga.status().equals(replayed))
        .map(saga -> "stored " + saga.status() + ", replayed " + replayed)
        .toList();
  }

  static List<String> leased(Plan plan, History history) {
    return history.records().stream()
        .filter(row -> !row.leased())
        .map(row -> "record " + row.seq() + " " + row.kind() + " of a writer without a lease")
        .toList();
  }
}
