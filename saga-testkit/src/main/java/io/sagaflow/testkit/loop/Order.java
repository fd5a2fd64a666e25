package io.sagaflow.testkit.loop;

import java.util.random.RandomGenerator;

/** Chooses what is done next among what could be done: an interleaving is a row of choices. */
public interface Order {

  /** First come, first served. */
  Order AS_THEY_COME = ready -> 0;

  /**
   * Chooses.
   *
   * @param ready how much could be done, at least 1
   * @return a number from 0 to {@code ready - 1}
   */
  int choose(int ready);

  /**
   * Chooses by chance.
   *
   * @param random decides
   * @return an order in which everything may overtake everything else that is ready
   */
  static Order byChance(RandomGenerator random) {
    return random::nextInt;
  }
}
