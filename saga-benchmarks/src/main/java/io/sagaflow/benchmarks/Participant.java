package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;

/** Whom the measured saga's steps call. */
interface Participant {

  /** One that does nothing. */
  Participant IDLE = context -> {};

  void act(ActionContext<Parcel> context) throws Exception;

  default void compensate(CompensationContext<Parcel, Receipt> context) {}
}
