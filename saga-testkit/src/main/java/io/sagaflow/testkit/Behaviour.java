package io.sagaflow.testkit;

import io.sagaflow.StepRejectedException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/** What a {@link FakeParticipant} does on one call, beside what it is asked. */
public interface Behaviour {

  /**
   * Happens before the effect.
   *
   * @throws Exception instead of the effect
   */
  default void beforeEffect() throws Exception {}

  /**
   * Happens after the effect.
   *
   * @throws Exception instead of the answer
   */
  default void afterEffect() throws Exception {}

  /**
   * Does as it is asked.
   *
   * @return the behaviour
   */
  static Behaviour obliging() {
    return new Behaviour() {};
  }

  /**
   * Rejects, by a {@link StepRejectedException}.
   *
   * @return the behaviour
   */
  static Behaviour rejecting() {
    return rejecting(() -> new StepRejectedException("scripted: rejected"));
  }

  /**
   * Rejects.
   *
   * @param rejection makes the exception, of a type that the step names in {@code rejectedBy}
   * @return the behaviour
   */
  static Behaviour rejecting(Supplier<? extends Exception> rejection) {
    return new Behaviour() {
      @Override
      public void beforeEffect() throws Exception {
        throw rejection.get();
      }
    };
  }

  /**
   * Fails with an {@link IOException} and has no effect.
   *
   * @return the behaviour
   */
  static Behaviour failingBeforeEffect() {
    return rejecting(() -> new IOException("scripted: the request was lost"));
  }

  /**
   * Has its effect, and fails with an {@link IOException}.
   *
   * @return the behaviour
   */
  static Behaviour failingAfterEffect() {
    return new Behaviour() {
      @Override
      public void afterEffect() throws IOException {
        throw new IOException("scripted: the answer was lost");
      }
    };
  }

  /**
   * Never answers, and has no effect.
   *
   * @param time the world of the test
   * @return the behaviour
   */
  static Behaviour hanging(VirtualTime time) {
    return new Behaviour() {
      @Override
      public void beforeEffect() throws InterruptedException {
        time.hang();
      }
    };
  }

  /**
   * Takes its time before the effect.
   *
   * @param time the world of the test
   * @param duration how long
   * @return the behaviour
   */
  static Behaviour taking(VirtualTime time, Duration duration) {
    return new Behaviour() {
      @Override
      public void beforeEffect() throws InterruptedException {
        time.sleep(duration);
      }
    };
  }
}
