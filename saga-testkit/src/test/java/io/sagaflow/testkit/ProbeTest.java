package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.Probe;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A status query settles an unknown outcome before anything else is decided. */
class ProbeTest {

  private static final StepKey<String> CHARGE = StepKey.of("charge", String.class);
  private static final RetryPolicy TWICE = RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(2);

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();
  private final Deque<Exception> failures = new ArrayDeque<>();
  private final Deque<Probe<String>> answers = new ArrayDeque<>();
  private Runnable duringTheCharge = () -> {};

  private String charge() throws Exception {
    calls.add("charge");
    duringTheCharge.run();
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
    return "p-1";
  }

  private Probe<String> ask() {
    calls.add("?charge");
    if (answers.isEmpty()) {
      throw new IllegalStateException("The participant is away");
    }
    return answers.remove();
  }

  private StepBuilder<String, String> charging() {
    return SagaDefinition.named("pay", String.class)
        .step("look")
        .action(ctx -> calls.add("look"))
        .compensation(ctx -> calls.add("~look"))
        .step(CHARGE)
        .action(ctx -> charge())
        .retry(RetryPolicy.none())
        .probe(ctx -> ask())
        .probeRetry(TWICE);
  }

  private SagaDefinition<String> compensatable() {
    return charging()
        .compensation(ctx -> calls.add("~charge " + ctx.ownResult().orElse("?")))
        .step("thank")
        .action(ctx -> calls.add("thank for " + ctx.result(CHARGE)))
        .pivot()
        .build();
  }

  private SagaDefinition<String> pivot() {
    return charging()
        .pivot()
        .step("thank")
        .action(ctx -> calls.add("thank for " + ctx.result(CHARGE)))
        .build();
  }

  private SagaDefinition<String> retriable() {
    return SagaDefinition.named("pay", String.class)
        .step("look")
        .action(ctx -> calls.add("look"))
        .pivot()
        .step(CHARGE)
        .action(ctx -> charge())
        .retry(TWICE)
        .abortOn(IllegalStateException.class)
        .probe(ctx -> ask())
        .probeRetry(TWICE)
        .build();
  }

  private SagaHandle run(SagaDefinition<String> definition) {
    SagaHandle saga = node(definition).coordinator().start(definition, "key", "input");
    saga.await(SOON);
    return saga;
  }

  private VirtualNode node(SagaDefinition<String> definition) {
    return shop.time.start(shop.builder("node-1").register(definition));
  }

  private void failing() {
    failures.add(new IllegalStateException("no answer"));
  }

  @Test
  void givenNoTrouble_whenRun_thenNobodyIsAsked() {
    assertThat(run(compensatable()).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "thank for p-1");
  }

  @Test
  void givenAnUnknownOutcome_whenTheProbeSaysDone_thenTheSagaGoesOnWithItsResult() {
    failing();
    answers.add(Probe.done("p-2"));

    SagaHandle saga = run(compensatable());

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "thank for p-2");
    assertThat(Shop.kinds(saga)).contains("STEP_UNKNOWN charge", "STEP_COMPLETED charge");
  }

  @Test
  void givenAnUnknownOutcome_whenTheProbeSaysNotDone_thenTheStepIsRejectedAndNotCompensated() {
    failing();
    answers.add(Probe.notDone());

    SagaHandle saga = run(compensatable());

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "~look");
    assertThat(Shop.kinds(saga)).contains("STEP_REJECTED charge");
  }

  @Test
  void givenAProbeThatCantSay_whenItIsAskedAgain_thenItsLaterAnswerCounts() {
    failing();
    answers.add(Probe.stillUnknown());
    answers.add(Probe.done("p-3"));

    SagaHandle saga = run(compensatable());

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "?charge", "thank for p-3");
    assertThat(Shop.kinds(saga)).contains("PROBE_FAILED charge");
  }

  @Test
  void givenAProbeWithoutAnAnswer_whenItIsGivenUp_thenTheStepIsCompensated() {
    failing();

    SagaHandle saga = run(compensatable());

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "?charge", "~charge ?", "~look");
  }

  @Test
  void givenARejectionAfterAnOpenAttempt_whenTheStepIsThePivot_thenTheProbeDecides() {
    SagaDefinition<String> definition =
        charging()
            .retry(TWICE)
            .pivot()
            .step("thank")
            .action(ctx -> calls.add("thank for " + ctx.result(CHARGE)))
            .build();
    failing();
    failures.add(new StepRejectedException("declined"));
    answers.add(Probe.notDone());

    assertThat(run(definition).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "charge", "charge", "?charge", "~look");
  }

  @Test
  void givenAPivotOfUnknownOutcome_whenTheProbeSaysDone_thenTheSagaGoesForward() {
    failing();
    answers.add(Probe.done("p-4"));

    assertThat(run(pivot()).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "thank for p-4");
  }

  @Test
  void givenAPivotOfUnknownOutcome_whenTheProbeIsGivenUp_thenTheSagaIsStuckAndNeverGuesses() {
    failing();

    SagaHandle saga = run(pivot());

    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(calls).containsExactly("look", "charge", "?charge", "?charge");
  }

  @Test
  void givenASagaStuckOnItsProbe_whenItIsRetried_thenTheParticipantIsAskedAndNotCalled() {
    failing();
    SagaDefinition<String> definition = pivot();
    VirtualNode node = node(definition);
    SagaHandle saga = node.coordinator().start(definition, "key", "input");
    saga.await(SOON);
    answers.add(Probe.done("p-5"));

    node.coordinator().retry(saga.id(), "ann", "the participant is back");
    shop.time.advance(Duration.ofSeconds(5));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls)
        .containsExactly("look", "charge", "?charge", "?charge", "?charge", "thank for p-5");
  }

  @Test
  void givenARetriableStepThatWasNotDone_whenTheProbeSaysSo_thenItIsTriedAgain() {
    failing();
    answers.add(Probe.notDone());

    assertThat(run(retriable()).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "charge");
  }

  @Test
  void givenAnAtMostOncePivot_whenItsCallDiesWithTheNode_thenTheProbeSaysWhatBecameOfIt() {
    SagaDefinition<String> definition = atMostOncePivot();
    VirtualNode node = node(definition);
    duringTheCharge = node::kill;
    node.coordinator().start(definition, "key", "input");
    shop.time.settle();
    duringTheCharge = () -> {};
    answers.add(Probe.done("p-6"));

    VirtualNode next = node(definition);
    shop.time.advance(Duration.ofMinutes(1));

    assertThat(next.coordinator().find("pay", "key").orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "thank for p-6");
  }

  private SagaDefinition<String> atMostOncePivot() {
    return SagaDefinition.named("pay", String.class)
        .step("look")
        .action(ctx -> calls.add("look"))
        .compensation(ctx -> calls.add("~look"))
        .step(CHARGE)
        .action(ctx -> charge())
        .atMostOnce()
        .probe(ctx -> ask())
        .pivot()
        .step("thank")
        .action(ctx -> calls.add("thank for " + ctx.result(CHARGE)))
        .build();
  }

  @Test
  void givenACancel_whenTheProbeIsBeingRetried_thenTheStepIsCompensatedWithoutAnAnswer() {
    failing();
    SagaDefinition<String> definition = compensatable();
    VirtualNode node = node(definition);
    SagaHandle saga = node.coordinator().start(definition, "key", "input");
    shop.time.settle();

    saga.cancel("ann", "changed my mind");
    saga.await(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "charge", "?charge", "~charge ?", "~look");
  }
}
