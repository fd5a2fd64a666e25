package io.sagaflow.testkit.simulation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the signal that a step waits for: from its senders, and from the journal. */
final class SignalBook {

  /** What was sent, by its id. */
  final Map<String, Integer> sent = new HashMap<>();

  /** When each was committed to the inbox, by its id, in nanoseconds of the world. */
  final Map<String, Long> posted = new HashMap<>();

  private @Nullable String id;
  private @Nullable Integer value;

  /** A record says that it has come. */
  void received(@Nullable String newId, @Nullable Integer newValue) {
    id = newId;
    value = newValue;
  }

  /** The id of the one that counts, or null if none has come. */
  @Nullable String id() {
    return id;
  }

  /** The value of the one that counts, or null if none has come. */
  @Nullable Integer value() {
    return value;
  }

  boolean hasCome() {
    return id != null;
  }
}
