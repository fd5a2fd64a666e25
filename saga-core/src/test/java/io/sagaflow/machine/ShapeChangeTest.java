package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of two shapes of a definition. */
class ShapeChangeTest {

  private static final String TRIP =
      """
      fly:COMPENSATABLE:c
      sleep:COMPENSATABLE:c:1
      pay:PIVOT
      tell:RETRIABLE"""
          .strip();

  private static List<String> change(String from, String to) {
    return ShapeChange.between(TRIP, TRIP.replace(from, to));
  }

  @Test
  void givenTheSameShape_whenCompared_thenNothingIsSaid() {
    assertThat(ShapeChange.between(TRIP, TRIP)).isEmpty();
  }

  @Test
  void givenAStepMoreOrLess_whenCompared_thenItIsNamed() {
    assertThat(change("tell:RETRIABLE", "tell:RETRIABLE\nbill:RETRIABLE"))
        .containsExactly("step bill was added behind tell");
    assertThat(change("fly:", "walk:COMPENSATABLE:c\nfly:"))
        .containsExactly("step walk was added as the first");
    assertThat(change("sleep:COMPENSATABLE:c:1\n", "")).containsExactly("step sleep was removed");
  }

  @Test
  void givenAnotherNameInTheSamePlace_whenCompared_thenItMayBeARename() {
    assertThat(change("sleep:", "rest:"))
        .containsExactly("step sleep was renamed to rest, or replaced by it");
  }

  @Test
  void givenAnotherNameThatIsOtherwiseDifferent_whenCompared_thenItIsAnotherStep() {
    assertThat(change("sleep:COMPENSATABLE:c:1", "rest:COMPENSATABLE:c"))
        .containsExactly("step sleep was removed", "step rest was added behind fly");
  }

  @Test
  void givenAnotherOrder_whenCompared_thenBothAreSaid() {
    assertThat(
            ShapeChange.between(
                "a:COMPENSATABLE:c\nb:COMPENSATABLE:c", "b:COMPENSATABLE:c\na:COMPENSATABLE:c"))
        .containsExactly("the order was a, b and is b, a");
  }

  @Test
  void givenOtherKindsOrTraits_whenCompared_thenTheyAreNamed() {
    assertThat(change("pay:PIVOT", "pay:RETRIABLE"))
        .containsExactly("step pay was PIVOT and is RETRIABLE");
    assertThat(change("fly:COMPENSATABLE:c", "fly:COMPENSATABLE:?:p"))
        .containsExactly(
            "step fly got a condition or locks",
            "step fly lost a compensation",
            "step fly got a probe");
    assertThat(change("sleep:COMPENSATABLE:c:1", "sleep:COMPENSATABLE:c"))
        .containsExactly("step sleep lost at-most-once");
  }

  @Test
  void givenOtherDependencies_whenCompared_thenTheyAreNamed() {
    assertThat(change("sleep:COMPENSATABLE:c:1", "sleep:COMPENSATABLE:c:1:after "))
        .containsExactly("step sleep waited for fly and waits for none");
    assertThat(change("pay:PIVOT", "pay:PIVOT:after 0,1"))
        .containsExactly("step pay waited for sleep and waits for fly and sleep");
  }

  @Test
  void givenATraitOfAnotherRelease_whenCompared_thenItIsShownAsItIs() {
    assertThat(change("pay:PIVOT", "pay:PIVOT:x9")).containsExactly("step pay got 'x9'");
  }

  @Test
  void givenAPlan_whenDescribed_thenItsShapeIsWhatItsFingerprintIsOf() {
    Plan plan = Plans.plan(Plans.step("a"), Plans.atMostOnce("b"));

    assertThat(plan.shape().lines()).hasSize(plan.steps().size());
    assertThat(ShapeChange.between(plan.shape(), plan.shape())).isEmpty();
  }
}
