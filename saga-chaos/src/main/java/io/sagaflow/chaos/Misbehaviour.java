package io.sagaflow.chaos;

/** What a participant does wrong. */
enum Misbehaviour {
  /** It answers as it should. */
  NONE,
  /** It is silent for longer than anybody waits, and does it then, or doesn't. */
  TIMES_OUT,
  /** It does what it is asked, and answers with an error. */
  LOSES_THE_ANSWER,
  /** It gets the call twice at the same time. */
  DUPLICATES,
  /** It gets the call later than others that were made after it. */
  REORDERS,
  /** It doesn't do it, and says so in a way that proves nothing. */
  REFUSES
}
