package io.sagaflow.testkit;

import io.sagaflow.SagaOutcome;
import java.util.Optional;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** What a user says must hold at the end of each run. */
record Invariant(String name, ThrowingConsumer<SagaOutcome> check) {

  /** Returns what is wrong, or empty. */
  Optional<Finding> violation(SagaOutcome outcome) {
    try {
      check.accept(outcome);
      return Optional.empty();
    } catch (Throwable e) { // whatever it is, it doesn't hold
      String why = e instanceof AssertionError ? String.valueOf(e.getMessage()) : e.toString();
      return Optional.of(
          new Finding(
              FindingKind.INVARIANT,
              name,
              "The saga is "
                  + outcome.status()
                  + ", and the invariant '"
                  + name
                  + "' doesn't hold: "
                  + why.strip().replaceAll("\\s+", " ")));
    }
  }
}
