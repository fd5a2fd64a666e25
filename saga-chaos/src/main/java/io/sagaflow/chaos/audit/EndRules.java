package io.sagaflow.chaos.audit;

import io.sagaflow.chaos.audit.Promise.Ending;
import java.util.List;

/** What has become of what was promised. */
final class EndRules {

  private EndRules() {}

  static List<String> exists(Plan plan, History history) {
    if (history.saga().isPresent()) {
      return List.of();
    }
    if (history.promise().acknowledged()) {
      return List.of("was acknowledged, and has no row");
    }
    return history.evidence().effects().isEmpty()
        ? List.of()
        : List.of("has effects, and no row: " + history.evidence().effects());
  }

  static List<String> ends(Plan plan, History history) {
    return history.saga().stream()
        .filter(saga -> !saga.hasEnded())
        .filter(saga -> !(saga.isStuck() && history.promise().ending() != Ending.ENDS))
        .map(saga -> "is " + saga.status() + " at the end")
        .toList();
  }

  static List<String> poisonIsSeen(Plan plan, History history) {
    return history.saga().stream()
        .filter(SagaRow::hasEnded)
        .filter(saga -> history.promise().ending() == Ending.IS_STUCK)
        .map(saga -> "is " + saga.status() + " although its action never returned")
        .toList();
  }
}
