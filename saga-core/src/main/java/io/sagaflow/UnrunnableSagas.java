package io.sagaflow;

import static java.util.Objects.requireNonNull;

/**
 * Sagas in flight that a coordinator can't run.
 *
 * @param definition the name of their definition
 * @param version its version
 * @param sagas how many there are, at least 1; one that isn't exact is where it ceased to be
 *     counted
 * @param reason why they can't be run here
 * @param detail the same as a sentence for people, with what to do
 */
public record UnrunnableSagas(
    String definition, int version, SagaCounts.Count sagas, Reason reason, String detail) {

  /** Refuses nulls. */
  public UnrunnableSagas {
    requireNonNull(definition, "definition");
    requireNonNull(sagas, "sagas");
    requireNonNull(reason, "reason");
    requireNonNull(detail, "detail");
  }

  /** Why a coordinator can't run some sagas. */
  public enum Reason {
    /**
     * It hasn't registered this version. Unless another coordinator of the store has, they wait.
     */
    NOT_REGISTERED,
    /**
     * It has registered this version with other steps than these sagas were started with. They get
     * stuck when a coordinator with the changed steps takes them over.
     */
    CHANGED
  }

  @Override
  public String toString() {
    return detail;
  }
}
