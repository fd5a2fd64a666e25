package io.sagaflow.machine;

import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.plan;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.store.DefinitionRef;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanTest {

  private static final Plan PLAN = plan(step("a"), step("b"), pivot("c"));
  private static final DefinitionRef REF = new DefinitionRef("place-order", 3);

  @Test
  void givenNoSteps_whenAPlanIsMade_thenItIsRefused() {
    List<PlannedStep> none = List.of();

    assertThatThrownBy(() -> new Plan(REF, none, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a plan has at least one step");
  }

  @Test
  void givenAListOfSteps_whenItIsChangedLater_thenThePlanIsNot() {
    List<PlannedStep> steps = new ArrayList<>(List.of(step("a")));
    Plan plan = new Plan(REF, steps, 10);

    steps.add(step("b"));

    assertThat(plan.steps()).containsExactly(step("a"));
  }

  @Test
  void givenAStep_whenItIsLookedUp_thenItsIndexIsFound() {
    assertThat(Stream.of("a", "b", "c").map(PLAN::indexOf)).containsExactly(0, 1, 2);
  }

  @Test
  void givenNoSuchStep_whenItIsLookedUp_thenItIsNotFound() {
    assertThat(PLAN.indexOf("d")).isEqualTo(-1);
  }

  @Test
  void givenStepsOfEveryKind_whenAskedWhichAreCompensatable_thenThoseBeforeThePivotAre() {
    Plan plan = plan(step("a"), withoutCompensation("b"), pivot("c"), retriable("d"));

    assertThat(Stream.of(0, 1, 2, 3).map(plan::isCompensatable))
        .containsExactly(true, true, false, false);
  }

  /** Journals hold fingerprints: were they computed otherwise, no saga in flight could resume. */
  @Test
  void givenAPlan_whenItsFingerprintIsTaken_thenItIsTheOneInTheJournals() {
    assertThat(
            plan(step("reserve"), atMostOnce("charge"), pivot("ship"), retriable("mail"))
                .fingerprint())
        .isEqualTo("5df128f44d95a13f");
    assertThat(plan(step("a")).fingerprint()).isEqualTo("dcfcdcb1904868ed");
  }

  @ParameterizedTest
  @MethodSource("otherPlans")
  void givenOtherSteps_whenTheirFingerprintIsTaken_thenItDiffers(Plan other) {
    assertThat(other.fingerprint()).isNotEqualTo(PLAN.fingerprint());
  }

  static Stream<Plan> otherPlans() {
    return Stream.of(
        plan(step("a"), step("b")),
        plan(step("b"), step("a"), pivot("c")),
        plan(step("a"), step("B"), pivot("c")),
        plan(step("a"), step("b"), step("c")),
        plan(step("a"), pivot("b"), retriable("c")),
        plan(step("a"), withoutCompensation("b"), pivot("c")),
        plan(step("a"), atMostOnce("b"), pivot("c")));
  }

  @Test
  void givenOtherPoliciesLimitsAndVersion_whenTheFingerprintIsTaken_thenItIsTheSame() {
    List<PlannedStep> steps =
        PLAN.steps().stream().map(step -> Plans.retried(step, RetryPolicy.none())).toList();
    Plan other = new Plan(new DefinitionRef("place-order", 4), steps, 10);

    assertThat(other.fingerprint()).isEqualTo(PLAN.fingerprint());
  }
}
