package io.sagaflow.testkit.database;

/** How a transaction holds a row or a key; the three of PostgreSQL's modes that matter here. */
enum LockMode {
  /** A fence: nobody may delete the row meanwhile. */
  KEY_SHARE,
  /** An UPDATE that changes no key. */
  NO_KEY_UPDATE,
  /** A DELETE, a SELECT FOR UPDATE, or an inserted key. */
  UPDATE;

  boolean conflictsWith(LockMode other) {
    return switch (this) {
      case KEY_SHARE -> other == UPDATE;
      case NO_KEY_UPDATE -> other != KEY_SHARE;
      case UPDATE -> true;
    };
  }
}
