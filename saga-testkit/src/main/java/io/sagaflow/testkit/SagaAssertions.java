package io.sagaflow.testkit;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;

/** The way into assertions about sagas, in AssertJ's manner. */
public final class SagaAssertions {

  private SagaAssertions() {}

  /**
   * Begins assertions about a saga, by what its journal says now.
   *
   * @param saga the saga
   * @return the assertions
   */
  public static SagaAssert assertThat(SagaHandle saga) {
    return new SagaAssert(saga);
  }

  /**
   * Begins assertions about how a saga ended.
   *
   * @param outcome the outcome
   * @return the assertions
   */
  public static SagaOutcomeAssert assertThat(SagaOutcome outcome) {
    return new SagaOutcomeAssert(outcome);
  }
}
