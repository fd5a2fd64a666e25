package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Says which value of which saga a payload holds: its input, or the result of a step. A signal's
 * value is the result of the step that waits for it, and what an operator says a step has come to
 * is that step's result.
 *
 * <p>A payload keeps its context for as long as it is kept, and is read in the one in which it was
 * written. So a codec may bind it to that, as {@link EncryptingPayloadCodec} does.
 *
 * @param sagaId the saga
 * @param step the step whose result it is; empty for the saga's input
 */
public record PayloadContext(SagaId sagaId, Optional<String> step) {

  /** Refuses null. */
  public PayloadContext {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(step, "step");
  }

  /**
   * The input of a saga.
   *
   * @param sagaId the saga
   * @return its input's context
   */
  public static PayloadContext ofInput(SagaId sagaId) {
    return new PayloadContext(sagaId, Optional.empty());
  }

  /**
   * The result of a step.
   *
   * @param sagaId the saga
   * @param step the step's name
   * @return its result's context
   */
  public static PayloadContext ofResult(SagaId sagaId, String step) {
    return new PayloadContext(sagaId, Optional.of(step));
  }

  /**
   * Names the value within its saga, differently for each.
   *
   * @return {@code input}, or {@code result/} and the step's name
   */
  public String column() {
    return step.map(name -> "result/" + name).orElse("input");
  }

  @Override
  public String toString() {
    return column() + " of saga " + sagaId;
  }
}
