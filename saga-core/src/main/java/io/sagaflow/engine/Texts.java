package io.sagaflow.engine;

import org.jspecify.annotations.Nullable;

/** Texts that go into the journal: checked where users give them, cut where failures do. */
final class Texts {

  /** Within 4 KiB, whatever the characters: one takes at most four bytes. */
  private static final int MOST_CHARS = 4_096 / 4;

  private static final int BUSINESS_KEY_LIMIT = 200;
  private static final int SIGNAL_ID_LIMIT = 200;
  private static final int ACTOR_LIMIT = 200;
  private static final int REASON_LIMIT = 1_000;

  private Texts() {}

  static void requireBusinessKey(String key) {
    require("businessKey", key, BUSINESS_KEY_LIMIT);
  }

  static void requireLockKey(String key) {
    require("lock key", key, BUSINESS_KEY_LIMIT);
  }

  static void requireSignalId(String id) {
    require("signalId", id, SIGNAL_ID_LIMIT);
  }

  static void requireActor(String by) {
    require("by", by, ACTOR_LIMIT);
  }

  static void requireReason(String reason) {
    require("reason", reason, REASON_LIMIT);
  }

  /** Says what was thrown, in at most 4 KiB and without characters that a store can't keep. */
  static String describe(Throwable failure) {
    String message = message(failure);
    String name = name(failure.getClass());
    return cut(message == null ? name : name + ": " + message);
  }

  private static @Nullable String message(Throwable failure) {
    try {
      return failure.getMessage();
    } catch (RuntimeException e) { // user code: what it tells too late must not hide what it did
      return null;
    }
  }

  static String name(Class<?> type) {
    String simple = type.getSimpleName(); // none, if it is anonymous
    return simple.isEmpty()
        ? type.getName().substring(type.getName().lastIndexOf('.') + 1)
        : simple;
  }

  static String cut(String text) {
    String clean = text.replace('\0', ' ');
    if (clean.length() <= MOST_CHARS) {
      return wellFormed(clean);
    }
    int end = MOST_CHARS - 1;
    boolean halves = Character.isHighSurrogate(clean.charAt(end - 1));
    return wellFormed(clean.substring(0, halves ? end - 1 : end)) + "…";
  }

  private static String wellFormed(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.getType(c) == Character.SURROGATE ? '?' : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }

  private static void require(String name, String value, int limit) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " must not be blank");
    }
    if (value.length() > limit) {
      throw new IllegalArgumentException(
          name + " must have at most " + limit + " characters; got " + value.length());
    }
    if (!isStorable(value)) {
      throw new IllegalArgumentException(
          name + " must have no control characters and no unpaired surrogates");
    }
  }

  static boolean isStorable(String text) {
    return text.codePoints().noneMatch(Texts::isUnstorable);
  }

  private static boolean isUnstorable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }
}
