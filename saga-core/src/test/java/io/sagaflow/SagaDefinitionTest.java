package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaDefinitionTest {

  private static final StepKey<Integer> CHARGE = StepKey.of("charge", Integer.class);
  private static final RetryPolicy OWN = RetryPolicy.fixed(Duration.ofSeconds(3));

  @Test
  void givenDescription_whenBuilt_thenTheDefinitionSaysTheSame() {
    SagaDefinition<String> definition =
        SagaDefinition.named("place-order", String.class)
            .version(7)
            .deadline(Duration.ofHours(1))
            .step("look")
            .action(ctx -> {})
            .readOnly()
            .step(CHARGE)
            .action(ctx -> 1)
            .compensation(ctx -> {})
            .step("confirm", String.class)
            .action(ctx -> "ok")
            .pivot()
            .step("mail")
            .action(ctx -> {})
            .build();

    assertThat(definition.name()).isEqualTo("place-order");
    assertThat(definition.version()).isEqualTo(7);
    assertThat(definition.deadline()).contains(Duration.ofHours(1));
    assertThat(definition.inputType()).isEqualTo(String.class);
    assertThat(definition).hasToString("place-order v7");
    assertThat(definition.steps())
        .extracting(Object::toString)
        .containsExactly(
            "look (COMPENSATABLE)",
            "charge (COMPENSATABLE)",
            "confirm (PIVOT)",
            "mail (RETRIABLE)");
    assertThat(definition.steps())
        .<StepKey<?>>extracting(StepDefinition::key)
        .containsExactly(
            StepKey.of("look", Void.class),
            CHARGE,
            StepKey.of("confirm", String.class),
            StepKey.of("mail", Void.class));
  }

  @Test
  void givenStepWithItsActionAndCompensation_whenBuilt_thenTheDefinitionHoldsThem()
      throws Exception {
    Action<String, Integer> action = ctx -> 5;
    Compensation<String, Integer> compensation = ctx -> {};

    StepDefinition<String, ?> step =
        SagaDefinition.named("d", String.class)
            .step(CHARGE)
            .action(action)
            .compensation(compensation)
            .build()
            .steps()
            .get(0);

    assertThat(step.action()).isSameAs(action);
    assertThat(step.compensation()).get().isSameAs(compensation);
    assertThat(step.whyNoCompensation()).isEmpty();
  }

  @Test
  void givenNothingMore_whenBuilt_thenVersionIsOneAndThereIsNoDeadline() {
    SagaDefinition<String> definition = oneStep().build();

    assertThat(definition.version()).isEqualTo(1);
    assertThat(definition.deadline()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.000000001S", "PT87600H"})
  void givenDeadlineWithinTheRange_whenBuilt_thenItIsTaken(String deadline) {
    Duration taken = Duration.parse(deadline);

    assertThat(builder().deadline(taken).step("s").action(c -> {}).readOnly().build().deadline())
        .contains(taken);
  }

  @Test
  void givenNoPolicies_whenBuilt_thenTheyDependOnTheKindOfStep() {
    List<StepDefinition<String, ?>> steps =
        builder()
            .step("compensatable")
            .action(ctx -> {})
            .compensation(ctx -> {})
            .step("pivot")
            .action(ctx -> {})
            .pivot()
            .step("retriable")
            .action(ctx -> {})
            .build()
            .steps();

    assertThat(steps)
        .extracting(StepDefinition::retry)
        .containsExactly(RetryPolicy.brief(), RetryPolicy.forever(), RetryPolicy.forever());
    assertThat(steps)
        .extracting(StepDefinition::compensationRetry)
        .containsOnly(RetryPolicy.persistent());
  }

  @Test
  void givenOwnPolicies_whenBuilt_thenTheyAreTaken() {
    StepDefinition<String, ?> step =
        oneStep().retry(OWN).compensationRetry(OWN.maxAttempts(2)).build().steps().get(0);

    assertThat(step.retry()).isEqualTo(OWN);
    assertThat(step.compensationRetry()).isEqualTo(OWN.maxAttempts(2));
  }

  @Test
  void givenAtMostOnce_whenBuilt_thenTheActionIsTriedOnceAndTheCompensationAsEver() {
    StepDefinition<String, ?> step = oneStep().atMostOnce().build().steps().get(0);

    assertThat(step.atMostOnce()).isTrue();
    assertThat(step.retry().maxAttempts()).isEqualTo(1);
    assertThat(step.compensationRetry()).isEqualTo(RetryPolicy.persistent());
  }

  @Test
  void givenNoTimeouts_whenBuilt_thenBothAreOneMinute() {
    StepDefinition<String, ?> step = oneStep().build().steps().get(0);

    assertThat(step.timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(step.compensationTimeout()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void givenATimeoutOfTheAction_whenBuilt_thenTheCompensationHasTheSameUnlessItHasItsOwn() {
    StepDefinition<String, ?> one = oneStep().timeout(Duration.ofDays(7)).build().steps().get(0);
    StepDefinition<String, ?> two =
        oneStep()
            .timeout(Duration.ofSeconds(1))
            .compensationTimeout(Duration.ofSeconds(2))
            .build()
            .steps()
            .get(0);

    assertThat(one.compensationTimeout()).isEqualTo(Duration.ofDays(7));
    assertThat(two.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(two.compensationTimeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void givenNothingToUndo_whenBuilt_thenTheReasonIsKept() {
    List<StepDefinition<String, ?>> steps =
        builder()
            .step("a")
            .action(ctx -> {})
            .withoutCompensation("only a mail")
            .step("b")
            .action(ctx -> {})
            .readOnly()
            .build()
            .steps();

    assertThat(steps)
        .extracting(step -> step.whyNoCompensation().orElseThrow())
        .containsExactly("only a mail", "read-only");
    assertThat(steps).allMatch(step -> step.compensation().isEmpty());
  }

  @Test
  void givenClassesOfFailures_whenBuilt_thenTheyAddUp() {
    FailureClasses failures =
        oneStep()
            .rejectedBy(IllegalStateException.class)
            .rejectedBy(ArithmeticException.class)
            .retryOn(IOException.class, InterruptedException.class)
            .abortOn(NullPointerException.class)
            .build()
            .steps()
            .get(0)
            .failures();

    assertThat(failures.rejectedBy())
        .containsExactlyInAnyOrder(IllegalStateException.class, ArithmeticException.class);
    assertThat(failures.retryOn())
        .containsExactlyInAnyOrder(IOException.class, InterruptedException.class);
    assertThat(failures.abortOn()).containsExactly(NullPointerException.class);
  }

  @Test
  void givenDefinition_whenItsBuildersAreUsedOn_thenItStaysAsItIs() {
    SagaDefinitionBuilder<String> builder = builder();
    VoidStepBuilder<String> step = builder.step("s").action(ctx -> {}).compensation(ctx -> {});
    SagaDefinition<String> definition = builder.build();

    builder.version(2).deadline(Duration.ofDays(1));
    step.timeout(Duration.ofSeconds(1)).retry(OWN).rejectedBy(IOException.class).atMostOnce();
    step.step("more").action(ctx -> {}).readOnly();

    StepDefinition<String, ?> built = definition.steps().get(0);
    assertThat(definition.steps()).hasSize(1);
    assertThat(definition.version()).isEqualTo(1);
    assertThat(definition.deadline()).isEmpty();
    assertThat(built.timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(built.retry()).isEqualTo(RetryPolicy.brief());
    assertThat(built.failures().rejectedBy()).isEmpty();
    assertThat(built.atMostOnce()).isFalse();
  }

  @Test
  void givenDefinition_whenItsCollectionsAreChanged_thenTheyRefuse() {
    SagaDefinition<String> definition = oneStep().build();

    assertThatThrownBy(() -> definition.steps().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> definition.steps().get(0).failures().rejectedBy().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void givenActionOfAStepWithoutResult_whenRun_thenItRunsAndReturnsNothing() throws Exception {
    int[] runs = {0};
    StepDefinition<String, ?> step =
        builder().step("s").action(ctx -> runs[0]++).readOnly().build().steps().get(0);

    Object result = step.action().run(null);

    assertThat(result).isNull();
    assertThat(runs[0]).isEqualTo(1);
  }

  private static SagaDefinitionBuilder<String> builder() {
    return SagaDefinition.named("place-order", String.class);
  }

  private static VoidStepBuilder<String> oneStep() {
    return builder().step("s").action(ctx -> {}).compensation(ctx -> {});
  }
}
