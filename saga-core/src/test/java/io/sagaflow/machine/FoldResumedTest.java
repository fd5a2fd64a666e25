package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.started;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** After its node's death a saga counts as perhaps begun what the journal made eligible. */
class FoldResumedTest {

  @Test
  void givenARepeatableStep_whenItsNodeDied_thenItAloneIsOpen() {
    Story story = Story.of(step("a"), step("b"), step("c")).then(completed("a"));

    story.then(resumed());

    assertThat(open(story)).containsExactly(false, true, false);
  }

  @Test
  void givenAPivot_whenItsNodeDied_thenItIsOpen() {
    Story story = Story.of(pivot("a"));

    story.then(resumed());

    assertThat(open(story)).containsExactly(true);
  }

  @Test
  void givenAnAtMostOnceStepThatWasNotAnnounced_whenItsNodeDied_thenItIsNotOpen() {
    Story story = Story.of(atMostOnce("a"));

    story.then(resumed());

    assertThat(open(story)).containsExactly(false);
  }

  @Test
  void givenAnAnnouncedAtMostOnceStep_whenItsNodeDied_thenItIsOpen() {
    Story story = Story.of(atMostOnce("a")).then(started("a"));

    story.then(resumed());

    assertThat(open(story)).containsExactly(true);
  }

  @Test
  void givenEveryStepCompleted_whenTheNodeDied_thenNoneIsOpen() {
    Story story = Story.of(step("a")).then(completed("a"));

    story.then(resumed());

    assertThat(open(story)).containsExactly(false);
  }

  @Test
  void givenASagaThatTurnedBack_whenItsNodeDied_thenNoStepIsTouched() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());
    SagaState before = story.state();

    story.then(resumed());

    assertThat(story.state().steps()).isEqualTo(before.steps());
  }

  @Test
  void givenFailedAttempts_whenTheNodeDied_thenTheyStillCount() {
    Story story = Story.of(step("a")).then(failed("a", second(1)));

    story.then(resumed());

    assertThat(story.step(0).attempts()).isEqualTo(1);
    assertThat(story.step(0).retryAt()).contains(second(1));
  }

  @Test
  void givenAnOpenAttempt_whenTheStepCompletes_thenItIsClosed() {
    Story story = Story.of(step("a"), step("b")).then(resumed());

    story.then(completed("a"));

    assertThat(open(story)).containsExactly(false, false);
  }

  @Test
  void givenAnAttempt_whenItFails_thenItIsOpen() {
    Story story = Story.of(step("a"));

    story.then(failed("a", second(1)));

    assertThat(open(story)).containsExactly(true);
  }

  private static List<Boolean> open(Story story) {
    return story.state().steps().stream().map(StepState::open).toList();
  }
}
