package io.sagaflow.engine;

import org.jspecify.annotations.Nullable;

/**
 * A failure as logs may show it: its classes and where it happened, without messages. Those of user
 * code, of codecs and of what refuses values may quote what is nobody's business but the user's.
 */
final class MessageWithheld extends Throwable {

  private static final long serialVersionUID = 1L;

  private static final int CAUSES = 20; // a chain may be a ring

  private MessageWithheld(Throwable failure, @Nullable Throwable cause) {
    super(failure.getClass().getName() + " (see logUserData)", cause, false, true);
    setStackTrace(failure.getStackTrace());
  }

  static Throwable of(Throwable failure) {
    return of(failure, CAUSES);
  }

  private static Throwable of(Throwable failure, int causes) {
    Throwable cause = failure.getCause();
    return new MessageWithheld(
        failure, cause == null || causes == 0 ? null : of(cause, causes - 1));
  }

  /** It was thrown elsewhere. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
