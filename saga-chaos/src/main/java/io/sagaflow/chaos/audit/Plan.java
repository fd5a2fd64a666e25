package io.sagaflow.chaos.audit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The steps of a definition, written down for the auditor by hand.
 *
 * @param definition its name
 * @param version its version
 * @param steps its steps
 */
public record Plan(String definition, int version, List<Step> steps) {

  /** Copies the steps. */
  public Plan {
    steps = List.copyOf(steps);
  }

  /**
   * A step.
   *
   * @param name its name
   * @param effect whether its action leaves a row in a ledger
   * @param once whether its action must not be called twice
   * @param after the steps that it directly waits for
   */
  public record Step(String name, boolean effect, boolean once, Set<String> after) {

    /** Copies the names. */
    public Step {
      after = Set.copyOf(after);
    }
  }

  /**
   * Describes steps in sequence; those in one stage, separated by a bar, run side by side. A name
   * that ends in an asterisk is of a step without an effect, one that ends in an exclamation mark
   * of an at-most-once step.
   *
   * @param definition the definition's name
   * @param version its version
   * @param stages the stages in order
   * @return the plan
   */
  public static Plan of(String definition, int version, String... stages) {
    List<Step> steps = new ArrayList<>();
    Set<String> before = Set.of();
    for (String stage : stages) {
      Set<String> names = new LinkedHashSet<>();
      for (String part : stage.split("\\|", -1)) {
        String name = part.replaceAll("[*!]", "");
        names.add(name);
        steps.add(new Step(name, !part.endsWith("*"), part.endsWith("!"), before));
      }
      before = names;
    }
    return new Plan(definition, version, steps);
  }

  /** Whether one step waits, directly or not, for another one. */
  boolean isAfter(String later, String earlier) {
    return step(later).stream()
        .flatMap(step -> step.after().stream())
        .anyMatch(before -> before.equals(earlier) || isAfter(before, earlier));
  }

  private Optional<Step> step(String name) {
    return steps.stream().filter(step -> step.name().equals(name)).findFirst();
  }
}
