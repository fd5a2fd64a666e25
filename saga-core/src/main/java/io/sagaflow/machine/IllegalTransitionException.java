package io.sagaflow.machine;

/** A record doesn't follow from the records before it: a corrupt journal, or a bug. */
public final class IllegalTransitionException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  IllegalTransitionException(String message) {
    super(message);
  }
}
