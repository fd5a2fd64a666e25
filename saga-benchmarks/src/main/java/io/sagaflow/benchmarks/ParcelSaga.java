package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepRejectedException;
import java.time.Duration;

/** The measured saga: steps in a row whose participant is in this process. */
final class ParcelSaga {

  static final String NAME = "parcel";

  /** Longer than any measurement. */
  private static final RetryPolicy NEXT_MONTH =
      RetryPolicy.fixed(Duration.ofDays(30)).maxAttempts(10);

  private ParcelSaga() {}

  /** Defines a saga of so many steps, of which the last rejects parcels that want it. */
  static SagaDefinition<Parcel> ofSteps(int steps, Participant participant) {
    SagaDefinitionBuilder<Parcel> saga = SagaDefinition.named(NAME, Parcel.class);
    for (int i = 1; i <= steps; i++) {
      boolean last = i == steps;
      saga.step(stepName(i), Receipt.class)
          .action(context -> act(context, last, participant))
          .retry(NEXT_MONTH)
          .compensation(participant::compensate);
    }
    return saga.build();
  }

  static String stepName(int number) {
    return "step-" + number;
  }

  private static Receipt act(ActionContext<Parcel> context, boolean last, Participant participant)
      throws Exception {
    Parcel parcel = context.input();
    if (last && parcel.rejected()) {
      throw new StepRejectedException("The parcel is not wanted");
    }
    participant.act(context);
    return Receipt.of(parcel, context.step());
  }
}
