package io.sagaflow.testkit;

/** In which way a run went wrong; in the order in which one usually leads to the others. */
enum FindingKind {
  APPLIED_UNDER_TWO_KEYS,
  APPLIED_TWICE,
  COMPENSATED_WITHOUT_EFFECT,
  COMPENSATED_TWICE,
  LATE_EFFECT,
  STUCK,
  NOT_ENDED,
  LEFT_APPLIED,
  APPLIED_TOO_OFTEN,
  MISSING,
  INVARIANT,
  WRONG_ORDER,
  KEY_CHANGED
}
