package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.sagaStarted;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.plan;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.store.JournalRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SagaMachineTest {

  private final Plan plan = plan(step("a"), pivot("b"), retriable("c"));
  private final SagaMachine machine = new SagaMachine(plan);

  @Test
  void givenAMachine_whenAskedForItsPlan_thenItIsTheOneItWasMadeOf() {
    assertThat(machine.plan()).isSameAs(plan);
  }

  @Test
  void givenAJournal_whenItIsReplayed_thenTheStateIsTheOneThatLedToIt() {
    SagaState live = Story.of(plan).then(completed("a"), rejected("b"), turnedBack()).state();
    List<JournalRecord> journal =
        List.of(
            new JournalRecord(1, START, sagaStarted(Optional.empty())),
            new JournalRecord(2, START, completed("a")),
            new JournalRecord(3, START, rejected("b")),
            new JournalRecord(4, START, turnedBack()));

    SagaState replayed = machine.replay(journal);

    assertThat(replayed).isEqualTo(live);
  }

  @Test
  void givenADeadline_whenACompensatableActionRuns_thenItIsInterruptedThen() {
    SagaState state = Story.due(second(9), step("a"), pivot("b"), retriable("c")).state();

    assertThat(machine.isOverdue(state, second(9).minusNanos(1))).isFalse();
    assertThat(machine.isOverdue(state, second(9))).isTrue();
  }

  @Test
  void givenADeadline_whenThePivotRuns_thenItIsNotInterrupted() {
    Story story = Story.due(second(9), step("a"), pivot("b"), retriable("c")).then(completed("a"));

    assertThat(machine.isOverdue(story.state(), second(10))).isFalse();
  }

  @Test
  void givenADeadline_whenACompensationRuns_thenItIsNotInterrupted() {
    Story story = Story.due(second(9), step("a"), pivot("b"), retriable("c")).then(turnedBack());

    assertThat(machine.isOverdue(story.state(), second(10))).isFalse();
  }

  @Test
  void givenNoDeadline_whenAnActionRuns_thenItIsNotInterrupted() {
    assertThat(machine.isOverdue(Story.of(plan).state(), Instant.MAX)).isFalse();
  }
}
