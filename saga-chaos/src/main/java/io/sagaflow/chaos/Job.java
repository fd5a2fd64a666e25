package io.sagaflow.chaos;

/**
 * The input of every saga.
 *
 * @param key its business key
 * @param fate what is to become of it, see {@link Fate}
 */
record Job(String key, String fate) {

  boolean is(Fate other) {
    return other.name().equals(fate);
  }
}
