package io.sagaflow;

import java.util.List;

/** A saga definition isn't well-formed. Says every fault at once. */
public final class SagaDefinitionException extends SagaException {

  private static final long serialVersionUID = 1L;

  private final String[] faults;

  SagaDefinitionException(String definition, List<String> faults) {
    super(
        "Saga definition "
            + definition
            + " has "
            + (faults.size() == 1 ? "a fault" : faults.size() + " faults")
            + ":\n  - "
            + String.join("\n  - ", faults));
    this.faults = faults.toArray(String[]::new);
  }

  /**
   * Returns every fault of the definition, each naming its step.
   *
   * @return the faults, at least one
   */
  public List<String> faults() {
    return List.of(faults);
  }
}
