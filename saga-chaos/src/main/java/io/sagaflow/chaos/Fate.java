package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Promise.Ending;

/** What is to become of a saga, unless a fault decides otherwise. */
enum Fate {
  /** Every participant is willing. */
  WILLING,
  /** One participant rejects. */
  REJECTED,
  /** An action throws an Error. */
  ERROR,
  /** An action never returns, and ignores its interrupt: the saga has to be stuck. */
  ENDLESS,
  /** Its input is made unreadable in the table: the saga has to be stuck. */
  UNREADABLE,
  /** The signal that it waits for never comes. */
  UNANSWERED;

  /** An input may have been read before it was made unreadable. */
  Ending ending() {
    return switch (this) {
      case WILLING, REJECTED, ERROR, UNANSWERED -> Ending.ENDS;
      case UNREADABLE -> Ending.MAY_BE_STUCK;
      case ENDLESS -> Ending.IS_STUCK;
    };
  }
}
