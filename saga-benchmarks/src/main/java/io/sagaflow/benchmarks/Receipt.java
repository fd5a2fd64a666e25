package io.sagaflow.benchmarks;

/**
 * The result of each of their steps.
 *
 * @param reference names what the participant has done
 */
record Receipt(String reference) {

  /** What a participant would answer for a step. */
  static Receipt of(Parcel parcel, String step) {
    return new Receipt(parcel.orderId() + "/" + step);
  }
}
