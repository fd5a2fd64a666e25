package io.sagaflow.benchmarks;

/** What the user gave can't be used: the message says why, and no trace is of help. */
final class NotUsableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotUsableException(String message) {
    super(message);
  }

  NotUsableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Refuses an option's value that is out of range. */
  static void unlessInRange(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new NotUsableException(
          option + " must be from " + least + " to " + most + "; got " + value);
    }
  }
}
