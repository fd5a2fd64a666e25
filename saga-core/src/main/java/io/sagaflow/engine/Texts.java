package io.sagaflow.engine;

/** Texts that go into the journal: checked where users give them, cut where failures do. */
final class Texts {

  private static final int ERROR_LIMIT = 4_096;
  private static final int BUSINESS_KEY_LIMIT = 200;
  private static final int ACTOR_LIMIT = 200;
  private static final int REASON_LIMIT = 1_000;

  private Texts() {}

  static void requireBusinessKey(String key) {
    require("businessKey", key, BUSINESS_KEY_LIMIT);
  }

  static void requireActor(String by) {
    require("by", by, ACTOR_LIMIT);
  }

  static void requireReason(String reason) {
    require("reason", reason, REASON_LIMIT);
  }

  /** Says what was thrown, in at most 4 KiB and without characters that a store can't keep. */
  static String describe(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return cut(message == null ? name : name + ": " + message);
  }

  static String cut(String text) {
    String clean = text.replace('\0', ' ');
    if (clean.length() <= ERROR_LIMIT / 4) {
      return wellFormed(clean);
    }
    return wellFormed(clean.substring(0, ERROR_LIMIT / 4 - 1)) + "…";
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
    if (value.codePoints().anyMatch(Texts::isUnstorable)) {
      throw new IllegalArgumentException(
          name + " must have no control characters and no unpaired surrogates");
    }
  }

  private static boolean isUnstorable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }
}
