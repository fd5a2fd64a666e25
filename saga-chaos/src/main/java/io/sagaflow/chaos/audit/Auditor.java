package io.sagaflow.chaos.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Checks histories against the invariants. Immutable and thread-safe. */
public final class Auditor {

  private static final Map<Invariant, Rule> AT_ANY_TIME =
      new EnumMap<>(
          Map.of(
              Invariant.ENDS_ONCE, JournalRules::endsOnce,
              Invariant.COMPLETED_IS_DONE_ONCE, EffectRules::doneOnce,
              Invariant.COMPENSATED_IS_UNDONE, EffectRules::undone,
              Invariant.NO_EFFECT_AFTER_COMPENSATION, EffectRules::notLate,
              Invariant.COMPENSATED_IN_REVERSE, OrderRules::reverse,
              Invariant.NO_GAPS, JournalRules::noGaps,
              Invariant.LEGAL_RECORDS, JournalRules::legal,
              Invariant.REPLAY_GIVES_THE_STATUS, JournalRules::status,
              Invariant.ONLY_WITH_A_LEASE, JournalRules::leased,
              Invariant.ONE_KEY, OrderRules::oneKey));

  private static final Map<Invariant, Rule> AT_THE_END =
      new EnumMap<>(
          Map.of(
              Invariant.NONE_IS_LOST, EndRules::exists,
              Invariant.POISON_IS_SEEN, EndRules::poisonIsSeen,
              Invariant.AT_MOST_ONCE, OrderRules::atMostOnce,
              Invariant.NO_ACTION_AFTER_THE_TURN, OrderRules::noActionAfterTheTurn,
              Invariant.EVERY_SAGA_ENDS, EndRules::ends));

  private final List<Plan> plans;

  /**
   * Makes an auditor.
   *
   * @param plans the definitions that it may meet
   */
  public Auditor(List<Plan> plans) {
    this.plans = List.copyOf(plans);
  }

  /**
   * Checks what holds at any time.
   *
   * @param history a saga's, read in one snapshot
   * @return what doesn't hold
   */
  public List<Finding> online(History history) {
    return check(AT_ANY_TIME, history);
  }

  /**
   * Checks everything, after all has come to rest.
   *
   * @param history a saga's
   * @return what doesn't hold
   */
  public List<Finding> atTheEnd(History history) {
    List<Finding> findings = new ArrayList<>(online(history));
    findings.addAll(check(AT_THE_END, history));
    return findings;
  }

  private List<Finding> check(Map<Invariant, Rule> rules, History history) {
    Plan plan = plan(history);
    List<Finding> findings = new ArrayList<>();
    rules.forEach(
        (invariant, rule) ->
            rule.flaws(plan, history)
                .forEach(flaw -> findings.add(new Finding(invariant, history.id(), flaw))));
    return findings;
  }

  private Plan plan(History history) {
    return history.saga().stream()
        .flatMap(saga -> plans.stream().filter(plan -> fits(plan, saga)))
        .findFirst()
        .orElse(new Plan("", 0, List.of()));
  }

  private static boolean fits(Plan plan, SagaRow saga) {
    return plan.definition().equals(saga.definition()) && plan.version() == saga.version();
  }
}
