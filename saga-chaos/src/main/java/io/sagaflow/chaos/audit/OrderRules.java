package io.sagaflow.chaos.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What comes before what. */
final class OrderRules {

  /** Between a call's own clock reading and its permission lies a busy machine. */
  private static final Duration SLACK = Duration.ofMillis(500);

  private OrderRules() {}

  static List<String> reverse(Plan plan, History history) {
    List<String> undone = new ArrayList<>();
    history.records().stream()
        .filter(row -> row.is("STEP_COMPENSATED"))
        .forEach(row -> undone.add(row.step()));
    List<String> flaws = new ArrayList<>(misplaced(plan, undone, "journaled"));
    List<String> entered =
        history.evidence().effects().stream()
            .filter(effect -> !effect.isAction())
            .map(EffectRow::step)
            .distinct()
            .toList();
    flaws.addAll(misplaced(plan, entered, "entered"));
    return flaws;
  }

  private static List<String> misplaced(Plan plan, List<String> undone, String how) {
    List<String> flaws = new ArrayList<>();
    for (int i = 0; i < undone.size(); i++) {
      for (int j = i + 1; j < undone.size(); j++) {
        if (plan.isAfter(undone.get(j), undone.get(i))) {
          flaws.add(how + ": " + undone.get(i) + " undone before " + undone.get(j));
        }
      }
    }
    return flaws;
  }

  static List<String> noActionAfterTheTurn(Plan plan, History history) {
    Optional<Instant> turn =
        history.records().stream()
            .filter(row -> row.is("SAGA_TURNED_BACK"))
            .flatMap(row -> row.committedAt().stream())
            .findFirst();
    return history.evidence().calls().stream()
        .filter(call -> call.action() && !call.excused())
        .filter(call -> turn.filter(at -> call.beganAt().isAfter(at.plus(SLACK))).isPresent())
        .map(call -> call + " began after the turn at " + turn)
        .toList();
  }

  static List<String> atMostOnce(Plan plan, History history) {
    return plan.steps().stream()
        .filter(Plan.Step::once)
        .map(step -> history.evidence().calls().stream().filter(call -> call.isActionOf(step)))
        .map(Stream::toList)
        .filter(calls -> calls.size() > 1)
        .map(calls -> "called more than once: " + calls)
        .toList();
  }

  static List<String> oneKey(Plan plan, History history) {
    Map<String, String> keys = new HashMap<>();
    List<String> flaws = new ArrayList<>();
    for (CallRow call : history.evidence().calls()) {
      String which = call.step() + (call.action() ? " action" : " compensation");
      String known = keys.putIfAbsent(which, call.key());
      if (known != null && !known.equals(call.key())) {
        flaws.add(which + " has keys " + known + " and " + call.key());
      }
    }
    return flaws;
  }
}
