package io.sagaflow.chaos.audit;

/**
 * A saga as {@code saga_instance} has it.
 *
 * @param definition its definition's name
 * @param version its definition's version
 * @param status its stored status
 */
public record SagaRow(String definition, int version, String status) {

  boolean hasEnded() {
    return isCompleted() || isCompensated();
  }

  boolean isCompleted() {
    return status.equals("COMPLETED");
  }

  boolean isCompensated() {
    return status.equals("COMPENSATED");
  }

  boolean isStuck() {
    return status.equals("STUCK");
  }
}
