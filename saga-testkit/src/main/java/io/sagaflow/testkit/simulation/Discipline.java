package io.sagaflow.testkit.simulation;

/** How well a participant takes repeated, empty and late calls. */
enum Discipline {
  /** Keeps a row for each action and compensation: nothing is doubled, and nothing comes late. */
  BARRIER,
  /**
   * Knows an action's key, and tolerates that there is nothing to undo; no defence against late
   * calls.
   */
  TOLERANT,
  /** Does whatever it is called for, as often as it is called. */
  BARE
}
