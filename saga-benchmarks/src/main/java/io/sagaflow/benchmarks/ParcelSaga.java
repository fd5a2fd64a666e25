package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepRejectedException;

/** The measured saga: steps in a row whose participants do nothing, in this process. */
final class ParcelSaga {

  static final String NAME = "parcel";

  private ParcelSaga() {}

  /** Defines a saga of so many steps, of which the last rejects parcels that want it. */
  static SagaDefinition<Parcel> ofSteps(int steps) {
    SagaDefinitionBuilder<Parcel> saga = SagaDefinition.named(NAME, Parcel.class);
    for (int i = 1; i <= steps; i++) {
      boolean last = i == steps;
      saga.step(stepName(i), Receipt.class)
          .action(context -> act(context, last))
          .compensation(context -> {});
    }
    return saga.build();
  }

  static String stepName(int number) {
    return "step-" + number;
  }

  private static Receipt act(ActionContext<Parcel> context, boolean last) {
    Parcel parcel = context.input();
    if (last && parcel.rejected()) {
      throw new StepRejectedException("The parcel is not wanted");
    }
    return Receipt.of(parcel, context.step());
  }
}
