package io.sagaflow.machine;

import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.signal;
import static io.sagaflow.machine.Plans.sleep;
import static io.sagaflow.machine.Plans.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever may happen to sagas of small plans happens, to any depth, and no invariant breaks. */
class EverySagaTest {

  private static final RetryPolicy TWICE = Plans.THRICE.maxAttempts(2);
  private static final RetryPolicy ONCE = RetryPolicy.none();

  /** Between two attempts of a step that are a second apart. */
  private static final Optional<Duration> DEADLINE = Optional.of(Duration.ofMillis(1500));

  @ParameterizedTest(name = "{0} plans")
  @MethodSource("plans")
  void givenAllSmallPlans_whenAnythingHappens_thenTheInvariantsHold(
      int count, List<Plan> plans, Optional<Duration> deadline) {
    Coverage coverage = new Coverage();

    for (Plan plan : plans) {
      assertThat(new Explorer(coverage).explore(plan, deadline)).isGreaterThan(10);
    }

    assertThat(plans).hasSize(count);
  }

  /** What more attempts of compensations would add to the long ones isn't worth the time. */
  static Stream<Arguments> plans() {
    return Stream.of(
        arguments(5, SmallPlans.ofSteps(1, TWICE), Optional.empty()),
        arguments(5, SmallPlans.ofSteps(1, TWICE), DEADLINE),
        arguments(21, SmallPlans.ofSteps(2, TWICE), Optional.empty()),
        arguments(21, SmallPlans.ofSteps(2, ONCE), DEADLINE),
        arguments(85, SmallPlans.ofSteps(3, ONCE), Optional.empty()),
        arguments(8, SmallPlans.parallel(), Optional.empty()),
        arguments(8, SmallPlans.parallel(), DEADLINE),
        arguments(11, SmallPlans.asking(), Optional.empty()),
        arguments(11, SmallPlans.asking(), DEADLINE));
  }

  @ParameterizedTest
  @MethodSource
  void givenASmallPlanThatWaits_whenAnythingHappens_thenTheInvariantsHold(Plan plan) {
    assertThat(new Explorer(new Coverage()).explore(plan, Optional.empty())).isGreaterThan(10);
    assertThat(new Explorer(new Coverage()).explore(plan, DEADLINE)).isGreaterThan(10);
  }

  static Stream<Plan> givenASmallPlanThatWaits_whenAnythingHappens_thenTheInvariantsHold() {
    PlannedStep step = Plans.retried(step("a"), ONCE);
    Duration second = Duration.ofSeconds(1);
    return Stream.of(
        Plans.plan(signal("a")),
        Plans.plan(signal("a", second)),
        Plans.plan(sleep("a", second)),
        Plans.plan(step, signal("b", second), pivot("c")),
        Plans.plan(step, sleep("b", second), Plans.retried(step("c"), ONCE)),
        Plans.plan(pivot("a"), Plans.retriable(signal("b")), Plans.retriable("c")),
        Plans.plan(signal("a"), sleep("b", second), signal("c")));
  }

  @Test
  void givenAFewPlans_whenAnythingHappens_thenEveryLegalTransitionIsTaken() {
    Coverage coverage = new Coverage();

    for (Plan plan :
        List.of(
            Plans.plan(atMostOnce("a"), step("b")),
            Plans.plan(Plans.conditional("a")),
            Plans.plan(Plans.conditional("a"), step("b")),
            Plans.plan(step("a"), Plans.conditional("b")),
            Plans.plan(step("a"), signal("b")),
            Plans.plan(Plans.probed("a")),
            Plans.plan(Plans.pivot("a"), Plans.probed(Plans.retriable("b"))))) {
      new Explorer(coverage).explore(plan, Optional.empty());
    }

    assertThat(coverage.taken()).containsExactlyInAnyOrderElementsOf(Coverage.legal());
  }
}
