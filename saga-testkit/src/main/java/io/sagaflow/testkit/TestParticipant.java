package io.sagaflow.testkit;

/**
 * Something that a saga's actions change, and that a test can put back to how it was: a {@link
 * FakeParticipant}, a fake of your own, a table to be emptied. {@link SagaExplorer} resets all of
 * them before each run.
 */
@FunctionalInterface
public interface TestParticipant {

  /**
   * Forgets everything that happened.
   *
   * @throws Exception if that fails; it ends the test
   */
  void reset() throws Exception;
}
