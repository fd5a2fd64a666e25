package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.conditional;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.plan;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.transactional;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.StuckCause;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transactional step had no effect before its record: nothing of it is ever in doubt. */
class TransactionalTest {

  private static final Outcome REJECTED = Outcome.failed(Outcome.Kind.REJECTED, "sold out");

  private static Call action(int step, int attempt) {
    return new Call(step, Direction.ACTION, attempt);
  }

  @Test
  void givenItsLastAttempt_whenItFails_thenItIsRejected() {
    Story story = Story.of(transactional(step("a")));

    Fact fact = story.judge(action(0, 3), Outcome.failed(Outcome.Kind.FAILED, "deadlock"));

    assertThat(fact).isEqualTo(new Fact.StepRejected("a", 3, "deadlock"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.Kind.class,
      names = {"ABORTED", "REJECTED"})
  void givenEarlierAttemptsThatFailed_whenItFailsForGood_thenItIsRejectedAllTheSame(
      Outcome.Kind kind) {
    Story story = Story.of(transactional(step("a"))).then(resumed(), failed("a", second(1)));

    Fact fact = story.judge(action(0, 2), Outcome.failed(kind, "no"));

    assertThat(fact).isEqualTo(new Fact.StepRejected("a", 2, "no"));
    assertThat(story.then(fact).step(0).status()).isEqualTo(StepStatus.REJECTED);
  }

  @Test
  void givenAPivot_whenItsRetriesAreUsedUp_thenItIsRejectedAndTheSagaTurnsBack() {
    Story story = Story.of(step("a"), transactional(pivot("b"))).then(completed("a"));

    Fact fact = story.judge(action(1, 3), Outcome.failed(Outcome.Kind.FAILED, "deadlock"));

    assertThat(fact).isEqualTo(new Fact.StepRejected("b", 3, "deadlock"));
    assertThat(story.then(fact).decide()).isInstanceOf(Decision.Append.class);
  }

  @Test
  void givenAStepBehindThePivot_whenItsRetriesAreUsedUp_thenTheSagaIsStuck() {
    Story story = Story.of(pivot("a"), transactional(retriable("b"))).then(completed("a"));

    Fact fact = story.judge(action(1, 3), Outcome.failed(Outcome.Kind.FAILED, "deadlock"));

    assertThat(fact)
        .isInstanceOfSatisfying(
            Fact.SagaStuck.class,
            stuck -> assertThat(stuck.cause()).isEqualTo(StuckCause.FORWARD_FAILED));
    assertThat(story.judge(action(1, 1), REJECTED)).isInstanceOf(Fact.SagaStuck.class);
  }

  @Test
  void givenItsTurn_whenTheSagaTurnsBack_thenItIsNotCompensated() {
    Story story =
        Story.of(step("a"), transactional(step("b"))).then(completed("a"), resumed(), turnedBack());

    assertThat(story.step(1).status()).isEqualTo(StepStatus.PENDING);
    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(0, Direction.COMPENSATION, 1))));
  }

  @Test
  void givenItsConditionHeld_whenTheSagaTurnsBack_thenItIsNotCompensated() {
    Story story =
        Story.of(step("a"), transactional(conditional("b")))
            .then(completed("a"), Facts.started("b"), resumed(), turnedBack());

    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(0, Direction.COMPENSATION, 1))));
  }

  @Test
  void givenItHasCompleted_whenTheSagaTurnsBack_thenItIsCompensated() {
    Story story = Story.of(transactional(step("a")), step("b")).then(completed("a"), turnedBack());

    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(1, Direction.COMPENSATION, 1))));
    story.then(Facts.compensated("b"));
    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(0, Direction.COMPENSATION, 1))));
  }

  @Test
  void givenAPivotWhoseTurnItIs_whenTheSagaIsTurnedBack_thenItMay() {
    Story story =
        Story.of(step("a"), transactional(pivot("b")))
            .then(completed("a"), resumed(), failed("b", second(1)), turnedBack());

    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(0, Direction.COMPENSATION, 1))));
  }

  @Test
  void givenAPivotThatIsCommitted_whenTheSagaIsTurnedBack_thenThatIsIllegal() {
    Story story = Story.of(transactional(pivot("a")), retriable("b")).then(completed("a"));

    assertThatThrownBy(() -> story.then(turnedBack()))
        .isInstanceOf(IllegalTransitionException.class);
  }

  @Test
  void givenAStepMadeTransactional_whenFingerprintsAreCompared_thenTheyDiffer() {
    assertThat(plan(transactional(step("a"))).fingerprint())
        .isNotEqualTo(plan(step("a")).fingerprint());
  }
}
