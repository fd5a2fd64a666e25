package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.TurnCause;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a saga answers when it is asked to cancel or to be retried. */
class CommandsTest {

  private static final Fact CANCELLED =
      new Fact.SagaTurnedBack(TurnCause.CANCELLED, Optional.of("ann"), "Cancelled by ann: because");
  private static final Fact TOO_LATE =
      new Fact.CommandRefused(
          CommandKind.CANCEL, "ann", "Too late to cancel: the pivot may have begun.");

  @Test
  void givenASagaBeforeItsPivot_whenItIsCancelled_thenItTurnsBack() {
    Story story = Story.of(step("a"), step("b"), pivot("c")).then(completed("a"));

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer).isEqualTo(CANCELLED);
  }

  @Test
  void givenAnUnknownOutcome_whenTheSagaIsCancelled_thenItTurnsBack() {
    Story story = Story.of(step("a")).then(unknown("a"));

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer).isEqualTo(CANCELLED);
  }

  @Test
  void givenARejectedPivot_whenTheSagaIsCancelled_thenItTurnsBack() {
    Story story = Story.of(pivot("a")).then(rejected("a"));

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer).isEqualTo(CANCELLED);
  }

  @Test
  void givenAPivotThatMayHaveBegun_whenTheSagaIsCancelled_thenItIsTooLate() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"));

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer).isEqualTo(TOO_LATE);
  }

  @Test
  void givenAPassedPivot_whenTheSagaIsCancelled_thenItIsTooLate() {
    Story story = Story.of(pivot("a"), retriable("b")).then(completed("a"));

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer).isEqualTo(TOO_LATE);
  }

  @Test
  void givenASagaThatTurnedBack_whenItIsCancelled_thenThatIsRefused() {
    Story story = Story.of(step("a")).then(turnedBack());

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer)
        .isEqualTo(refused(CommandKind.CANCEL, "A saga that is COMPENSATING can't be cancelled."));
  }

  @Test
  void givenAStuckSaga_whenItIsCancelled_thenThatIsRefused() {
    Story story = Story.of(step("a")).then(stuck());

    Fact answer = story.answer(CommandKind.CANCEL);

    assertThat(answer)
        .isEqualTo(refused(CommandKind.CANCEL, "A saga that is STUCK can't be cancelled."));
  }

  @Test
  void givenAStuckSaga_whenItIsRetried_thenItIsSentOn() {
    Story story = Story.of(step("a")).then(stuck());

    Fact answer = story.answer(CommandKind.RETRY);

    assertThat(answer).isEqualTo(new Fact.SagaRetried("ann", "because"));
  }

  @Test
  void givenARunningSaga_whenItIsRetried_thenThatIsRefused() {
    Story story = Story.of(step("a"));

    Fact answer = story.answer(CommandKind.RETRY);

    assertThat(answer)
        .isEqualTo(refused(CommandKind.RETRY, "Only a stuck saga is retried; this one is RUNNING"));
  }

  private static Fact refused(CommandKind command, String why) {
    return new Fact.CommandRefused(command, "ann", why);
  }
}
