package io.sagaflow.chaos;

/** What the user gave, or the machine, can't be used: the message says what to do. */
final class NotUsableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotUsableException(String message) {
    super(message);
  }

  NotUsableException(String message, Throwable cause) {
    super(message, cause);
  }
}
