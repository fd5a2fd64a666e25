package io.sagaflow.benchmarks;

import io.sagaflow.SagaStatus;

/** How the sagas of a load end. */
enum Mode {
  /** All complete. */
  HAPPY,
  /** The last step of each is rejected, and the steps before it are compensated. */
  ROLLBACK,
  /** Every tenth rolls back. */
  MIXED;

  private static final int ONE_OF = 10;

  boolean rejects(long number) {
    return switch (this) {
      case HAPPY -> false;
      case ROLLBACK -> true;
      case MIXED -> number % ONE_OF == 0;
    };
  }

  static SagaStatus expected(Parcel parcel) {
    return parcel.rejected() ? SagaStatus.COMPENSATED : SagaStatus.COMPLETED;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return switch (this) {
      case HAPPY -> "happy";
      case ROLLBACK -> "rollback";
      case MIXED -> "mixed";
    };
  }
}
