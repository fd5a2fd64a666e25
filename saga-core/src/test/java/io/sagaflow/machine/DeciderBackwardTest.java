package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.compensationFailed;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.retried;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.store.Fact;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a saga does next that turned back, or rests. */
class DeciderBackwardTest {

  @Test
  void givenCompletedSteps_whenTheSagaTurns_thenTheLastThatMayHaveStartedIsCompensatedFirst() {
    Story story = Story.of(step("a"), step("b"), step("c")).then(completed("a"), turnedBack());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(compensation(1, 1));
  }

  @Test
  void givenACompensatedStep_whenDeciding_thenTheOneBeforeItIsNext() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());

    Decision decision = story.then(compensated("b")).decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenARejectedStep_whenTheSagaTurns_thenItIsPassedOver() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), rejected("b"), turnedBack());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenAnUnknownOutcome_whenTheSagaTurns_thenItIsCompensated() {
    Story story = Story.of(step("a"), step("b")).then(unknown("a"), turnedBack());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenAStepWithoutCompensation_whenTheSagaTurns_thenItIsPassedOver() {
    Story story =
        Story.of(step("a"), withoutCompensation("b"), pivot("c"))
            .then(completed("a"), completed("b"), rejected("c"), turnedBack());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenNothingLeftToCompensate_whenDeciding_thenTheSagaEnds() {
    Story story = Story.of(withoutCompensation("a"), step("b")).then(completed("a"), rejected("b"));

    Decision decision = story.then(turnedBack()).decide();

    assertThat(decision).isEqualTo(new Decision.Append(new Fact.SagaCompensated()));
  }

  @Test
  void givenFailedAttemptsOfTheAction_whenTheSagaTurns_thenTheCompensationIsDueAtOnce() {
    Story story = Story.of(step("a")).then(failed("a", second(2)), turnedBack());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenAFailedCompensation_whenTheNextAttemptIsNotDue_thenItIsWaitedFor() {
    Story story = Story.of(step("a")).then(turnedBack(), compensationFailed("a", second(2)));

    Decision decision = story.at(second(2).minusNanos(1)).decide();

    assertThat(decision).isEqualTo(new Decision.Wait(Optional.of(second(2))));
  }

  @Test
  void givenAFailedCompensation_whenTheNextAttemptIsDue_thenItRuns() {
    Story story = Story.of(step("a")).then(turnedBack(), compensationFailed("a", second(2)));

    Decision decision = story.at(second(2)).decide();

    assertThat(decision).isEqualTo(compensation(0, 2));
  }

  @Test
  void givenACompensationThatIsStuck_whenItIsRetried_thenItHasAFreshSetOfAttempts() {
    Story story = Story.of(step("a")).then(turnedBack(), compensationFailed("a", second(2)));

    Decision decision = story.then(stuckOn("a"), retried()).decide();

    assertThat(decision).isEqualTo(compensation(0, 1));
  }

  @Test
  void givenAStuckSaga_whenDeciding_thenItRests() {
    Story story = Story.of(step("a")).then(stuckOn("a"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Rest());
  }

  @Test
  void givenACompletedSaga_whenDeciding_thenItRests() {
    Story story = Story.of(step("a")).then(completed("a"), new Fact.SagaCompleted());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Rest());
  }

  @Test
  void givenACompensatedSaga_whenDeciding_thenItRests() {
    Story story = Story.of(step("a")).then(rejected("a"), turnedBack(), new Fact.SagaCompensated());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Rest());
  }

  private static Decision compensation(int step, int attempt) {
    return new Decision.Run(List.of(new Call(step, Direction.COMPENSATION, attempt)));
  }
}
