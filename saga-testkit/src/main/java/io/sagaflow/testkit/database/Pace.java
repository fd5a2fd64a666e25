package io.sagaflow.testkit.database;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Virtual time, as the database needs it. */
public interface Pace {

  /**
   * Does something later: an event of the database's own, which no death or pause of a client
   * stops.
   *
   * @param delay when; perhaps zero
   * @param event what; never called inline
   */
  void later(Duration delay, Runnable event);

  /**
   * Lets the calling thread wait. A client whose process is killed leaves this by an error.
   *
   * @param condition what is waited for
   * @param atMost how long at most
   * @return whether it holds
   * @throws IllegalStateException if the caller is one that can't wait
   */
  boolean await(BooleanSupplier condition, Duration atMost);
}
