package io.sagaflow.jdbc;

import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.jdbc.Arrival.Kind;

/**
 * What a participant has seen of a step, and what it has to answer: the barrier's specification.
 */
enum Delivered {
  NOTHING(0, 0),
  DONE(10, 1),
  UNDONE(0, 2),
  TOMBSTONE(0, 0);

  final int balance;
  final int bookings;

  Delivered(int balance, int bookings) {
    this.balance = balance;
    this.bookings = bookings;
  }

  /** What it has seen when a call was done. */
  Delivered after(Direction call) {
    boolean action = call == Direction.ACTION;
    return switch (this) {
      case NOTHING -> action ? DONE : TOMBSTONE;
      case DONE -> action ? DONE : UNDONE;
      case UNDONE, TOMBSTONE -> this;
    };
  }

  /** What a call is found to be. */
  Kind answer(Direction call) {
    boolean action = call == Direction.ACTION;
    return switch (this) {
      case NOTHING -> action ? Kind.DONE : Kind.NOTHING_TO_UNDO;
      case DONE -> action ? Kind.DUPLICATE : Kind.DONE;
      case UNDONE, TOMBSTONE -> action ? Kind.SUPPRESSED : Kind.DUPLICATE;
    };
  }
}
