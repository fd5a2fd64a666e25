package io.sagaflow.chaos.audit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Replays a journal by the documented table of transitions, as far as the suite's sagas use it. */
final class Replay {

  private static final Set<String> ALWAYS =
      Set.of("SAGA_RESUMED", "SIGNAL_RECEIVED", "COMMAND_REFUSED", "SAGA_STUCK");

  private static final Set<String> FORWARD =
      Set.of(
          "STEP_STARTED",
          "STEP_SKIPPED",
          "STEP_COMPLETED",
          "ACTION_FAILED",
          "STEP_REJECTED",
          "STEP_UNKNOWN",
          "PROBE_FAILED");

  private static final Set<String> BACKWARD = Set.of("STEP_COMPENSATED", "COMPENSATION_FAILED");

  /** What happens to a step once at most. */
  private static final Set<String> ONCE =
      Set.of("STEP_COMPLETED", "STEP_COMPENSATED", "STEP_SKIPPED", "STEP_REJECTED");

  private static final Map<String, String> ENDS =
      Map.of("SAGA_COMPLETED", "COMPLETED", "SAGA_COMPENSATED", "COMPENSATED");

  private final Set<String> seen = new HashSet<>();
  private String status = "";
  private String stuckFrom = "";
  private String problem = "";

  private Replay() {}

  static Replay of(History history) {
    Replay replay = new Replay();
    for (RecordRow row : history.records()) {
      if (replay.hasEnded()) {
        return replay; // another rule looks at what follows
      }
      replay.take(row);
    }
    return replay;
  }

  String status() {
    return status;
  }

  /** The first record that doesn't fit, or nothing. */
  String problem() {
    return problem;
  }

  static boolean isEnd(RecordRow row) {
    return ENDS.containsKey(row.kind());
  }

  private boolean hasEnded() {
    return ENDS.containsValue(status);
  }

  private void take(RecordRow row) {
    Map<String, String> next = next();
    String to = next.get(row.kind());
    boolean repeated = ONCE.contains(row.kind()) && !seen.add(row.kind() + " " + row.step());
    if (to == null || repeated) {
      blame(row);
      return;
    }
    if (to.equals("STUCK") && !status.equals("STUCK")) {
      stuckFrom = status;
    }
    status = to;
  }

  private void blame(RecordRow row) {
    if (problem.isEmpty()) {
      problem = "record " + row.seq() + " " + row.kind() + " " + row.step() + " in " + status;
    }
  }

  private Map<String, String> next() {
    if (status.isEmpty()) {
      return Map.of("SAGA_STARTED", "RUNNING");
    }
    Map<String, String> next = new HashMap<>();
    ALWAYS.forEach(kind -> next.put(kind, status));
    next.put("SAGA_STUCK", "STUCK");
    switch (status) {
      case "RUNNING" -> {
        FORWARD.forEach(kind -> next.put(kind, status));
        next.put("SAGA_TURNED_BACK", "COMPENSATING");
        next.put("SAGA_COMPLETED", "COMPLETED");
      }
      case "COMPENSATING" -> {
        BACKWARD.forEach(kind -> next.put(kind, status));
        next.put("SAGA_COMPENSATED", "COMPENSATED");
      }
      default -> next.put("SAGA_RETRIED", stuckFrom);
    }
    return next;
  }
}
