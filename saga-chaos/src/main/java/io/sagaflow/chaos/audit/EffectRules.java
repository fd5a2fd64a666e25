package io.sagaflow.chaos.audit;

import io.sagaflow.chaos.audit.EffectRow.Kind;
import java.util.ArrayList;
import java.util.List;

/** What the ledgers have to show. */
final class EffectRules {

  private EffectRules() {}

  static List<String> doneOnce(Plan plan, History history) {
    if (history.saga().filter(SagaRow::isCompleted).isEmpty()) {
      return List.of();
    }
    return plan.steps().stream()
        .filter(step -> step.effect() && !history.has("STEP_SKIPPED", step.name()))
        .map(step -> history.effects(step.name()))
        .filter(effects -> effects.size() != 1 || !effects.get(0).isAction())
        .map(effects -> "completed with " + effects)
        .toList();
  }

  /** What came late is left to another rule. */
  static List<String> undone(Plan plan, History history) {
    if (history.saga().filter(SagaRow::isCompensated).isEmpty()) {
      return List.of();
    }
    List<String> flaws = new ArrayList<>();
    for (Plan.Step step : plan.steps()) {
      List<EffectRow> effects = history.effects(step.name());
      long done = count(effects, Kind.DONE) - late(effects).size();
      long undone = count(effects, Kind.UNDONE);
      if (done > 1 || done != undone) {
        flaws.add("compensated with " + step.name() + " done " + done + ", undone " + undone);
      }
    }
    return flaws;
  }

  static List<String> notLate(Plan plan, History history) {
    return plan.steps().stream()
        .flatMap(step -> late(history.effects(step.name())).stream())
        .map(effect -> effect + " after its compensation")
        .toList();
  }

  private static long count(List<EffectRow> effects, Kind kind) {
    return effects.stream().filter(effect -> effect.kind() == kind).count();
  }

  private static List<EffectRow> late(List<EffectRow> effects) {
    return effects.stream().dropWhile(EffectRow::isAction).filter(EffectRow::isAction).toList();
  }
}
