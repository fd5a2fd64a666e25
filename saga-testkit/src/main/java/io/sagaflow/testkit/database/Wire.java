package io.sagaflow.testkit.database;

/** Decides what becomes of the exchanges of one client. */
@FunctionalInterface
public interface Wire {

  /** A wire that never breaks. */
  Wire SOUND = exchange -> Fate.ANSWERED;

  /**
   * Decides about an exchange that is about to be sent. Asked once for each.
   *
   * @param exchange which one
   * @return its fate
   */
  Fate fate(Exchange exchange);
}
