package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.compensationFailed;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.retried;
import static io.sagaflow.machine.Facts.sagaStarted;
import static io.sagaflow.machine.Facts.started;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that fit the saga's status, and still don't follow from those before them. */
class FoldRefusalTest {

  private static final String NOT_ITS_TURN = "it is not this step's turn";

  @Test
  void givenAJournal_whenItBeginsWithAnotherFact_thenItIsRefused() {
    Fold fold = new Fold(Plans.plan(step("a")));
    JournalRecord first = new JournalRecord(1, START, resumed());

    assertThatThrownBy(() -> fold.begin(first))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessage("A journal begins with SAGA_STARTED, not " + first);
  }

  @Test
  void givenAJournal_whenItsBeginningIsMissing_thenItIsRefused() {
    Fold fold = new Fold(Plans.plan(step("a")));
    JournalRecord first = new JournalRecord(2, START, sagaStarted(Optional.empty()));

    assertThatThrownBy(() -> fold.begin(first))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessage("A journal begins with SAGA_STARTED, not " + first);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 4, 5})
  void givenAJournal_whenASeqIsRepeatedOrLeftOut_thenTheRecordIsRefused(long seq) {
    SagaState state = Story.of(step("a"), step("b")).then(completed("a")).state();
    Fold fold = new Fold(Plans.plan(step("a"), step("b")));

    assertThatThrownBy(() -> fold.apply(state, new JournalRecord(seq, START, completed("b"))))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessage(
            "Record %d STEP_COMPLETED doesn't fit a saga of place-order v3 that is RUNNING at"
                + " record 2: record 3 is missing.",
            seq);
  }

  @ParameterizedTest
  @MethodSource
  void givenASaga_whenARecordIsAboutAStepWhoseTurnItIsNot_thenItIsRefused(Story story, Fact fact) {
    assertThatThrownBy(() -> story.then(fact))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining(NOT_ITS_TURN);
  }

  static Stream<Arguments> givenASaga_whenARecordIsAboutAStepWhoseTurnItIsNot_thenItIsRefused() {
    return Stream.of(
        arguments(running(), completed("a")),
        arguments(running(), completed("c")),
        arguments(running(), completed("unheard-of")),
        arguments(running(), failed("c", second(1))),
        arguments(running(), started("c")),
        arguments(running(), rejected("c")),
        arguments(running(), unknown("c")),
        arguments(running(), stuckOn("a")),
        arguments(running(), stuckOn("unheard-of")),
        arguments(running().then(completed("b"), completed("c")), completed("unheard-of")),
        arguments(running().then(turnedBack()), compensated("a")),
        arguments(running().then(turnedBack()), compensated("c")),
        arguments(running().then(turnedBack()), compensationFailed("a", second(1))),
        arguments(running().then(turnedBack()), stuckOn("a")),
        arguments(running().then(rejected("b"), turnedBack()), compensated("b")),
        arguments(
            running().then(turnedBack(), compensated("b"), compensated("a")),
            compensated("unheard-of")));
  }

  /** Three steps, of which the first has completed. */
  private static Story running() {
    return Story.of(step("a"), step("b"), step("c")).then(completed("a"));
  }

  @Test
  void givenAStepWithoutCompensation_whenItIsSaidToBeCompensated_thenThatIsRefused() {
    Story story = Story.of(withoutCompensation("a")).then(turnedBack());

    assertThatThrownBy(() -> story.then(compensated("a"))).hasMessageContaining(NOT_ITS_TURN);
  }

  @Test
  void givenAnAnnouncedAction_whenItIsSaidToBeRetried_thenThatIsRefused() {
    Story story = Story.of(atMostOnce("a")).then(started("a"));

    assertThatThrownBy(() -> story.then(failed("a", second(1))))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("an at-most-once action is not tried again");
  }

  @ParameterizedTest
  @MethodSource("openings")
  void givenAnOpenAttempt_whenAStepIsRejected_thenThatIsRefused(Fact opening) {
    Story story = Story.of(step("a")).then(opening);

    assertThatThrownBy(() -> story.then(rejected("a")))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("an earlier attempt may have taken effect");
  }

  static Stream<Fact> openings() {
    return Stream.of(failed("a", second(1)), resumed());
  }

  @Test
  void givenAPivot_whenItsOutcomeIsLeftUnknown_thenThatIsRefused() {
    Story story = Story.of(pivot("a"));

    assertThatThrownBy(() -> story.then(unknown("a")))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("what can't be compensated is retried until it is known");
  }

  @Test
  void givenARetriableStep_whenItsOutcomeIsLeftUnknown_thenThatIsRefused() {
    Story story = Story.of(retriable("a"));

    assertThatThrownBy(() -> story.then(unknown("a")))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("what can't be compensated is retried until it is known");
  }

  @ParameterizedTest
  @MethodSource("pastTheTurn")
  void givenThePointOfNoReturnMayBePassed_whenASagaTurnsBack_thenThatIsRefused(Story story) {
    assertThatThrownBy(() -> story.then(turnedBack()))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("the point of no return may have been passed");
  }

  static Stream<Story> pastTheTurn() {
    return Stream.of(
        Story.of(pivot("a")),
        Story.of(pivot("a")).then(failed("a", second(1))),
        Story.of(pivot("a"), retriable("b")).then(completed("a")),
        Story.of(step("a")).then(completed("a")));
  }

  @Test
  void givenStepsToBeDone_whenASagaIsSaidToHaveCompleted_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    assertThatThrownBy(() -> story.then(new Fact.SagaCompleted()))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("steps are left");
  }

  @Test
  void givenAStepToBeCompensated_whenASagaIsSaidToBeCompensated_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());
    story.then(compensated("b"));

    assertThatThrownBy(() -> story.then(new Fact.SagaCompensated()))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("steps are left");
  }

  @Test
  void givenAStateThatWasNeverStuck_whenItIsRetried_thenThatIsABug() {
    Fold fold = new Fold(Plans.plan(step("a")));
    SagaState impossible = Story.of(step("a")).state().withStatus(SagaStatus.STUCK);
    JournalRecord record = new JournalRecord(2, START, retried());

    assertThatThrownBy(() -> fold.apply(impossible, record))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stuck from nowhere");
  }

  @Test
  void givenAStateThatGotStuckAfterItsEnd_whenItIsRetried_thenThatIsRefused() {
    Fold fold = new Fold(Plans.plan(step("a")));
    SagaState impossible = Story.of(step("a")).state().withStatus(SagaStatus.STUCK);
    SagaState.Stuck stuck = new SagaState.Stuck(SagaStatus.COMPLETED, "impossible");
    JournalRecord record = new JournalRecord(2, START, retried());

    assertThatThrownBy(() -> fold.apply(impossible.withStuck(Optional.of(stuck)), record))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("it can't lead to COMPLETED");
  }

  @Test
  void givenAJournal_whenOneOfItsRecordsIsIllegal_thenTheReplayIsRefused() {
    SagaMachine machine = new SagaMachine(Plans.plan(step("a")));
    List<JournalRecord> journal =
        List.of(
            new JournalRecord(1, START, sagaStarted(Optional.empty())),
            new JournalRecord(2, START, stuck()),
            new JournalRecord(3, START, completed("a")));

    assertThatThrownBy(() -> machine.replay(journal))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessage(
            "Record 3 STEP_COMPLETED doesn't fit a saga of place-order v3 that is STUCK at record"
                + " 2: it is illegal in this status.");
  }
}
