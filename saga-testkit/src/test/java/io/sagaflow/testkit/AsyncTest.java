package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.Action;
import io.sagaflow.ActionContext;
import io.sagaflow.AsyncAction;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepDecorator;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepKey;
import io.sagaflow.testkit.Shop.Declined;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that hold no thread, in virtual time. */
class AsyncTest {

  private static final StepKey<String> QUOTE = StepKey.of("quote", String.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Shop shop = new Shop();
  private final List<CompletableFuture<String>> pending = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  private CompletionStage<String> ask(ActionContext<String> context) {
    shop.calls.add("quote");
    pending.add(new CompletableFuture<>());
    return pending.get(pending.size() - 1);
  }

  private SagaDefinition<String> define(
      AsyncAction<String, String> action, UnaryOperator<StepBuilder<String, String>> options) {
    StepBuilder<String, String> step =
        SagaDefinition.named("quoting", String.class)
            .step(QUOTE)
            .actionAsync(action)
            .compensation(ctx -> shop.calls.add("~quote " + ctx.ownResult().orElse("unknown")))
            .rejectedBy(Declined.class)
            .retry(RetryPolicy.none())
            .timeout(TIMEOUT);
    return options
        .apply(step)
        .step("print")
        .action(ctx -> seen.add(ctx.result(QUOTE)))
        .pivot()
        .build();
  }

  private SagaHandle start(SagaDefinition<String> definition) {
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    SagaHandle saga = node.coordinator().start(definition, "key", "input");
    shop.time.settle();
    return saga;
  }

  private SagaHandle start(AsyncAction<String, String> action) {
    return start(define(action, step -> step));
  }

  @Test
  void givenStageThatCompletesLater_whenItDoes_thenItsValueIsTheStepsResult() {
    SagaHandle saga = start(this::ask);
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);

    pending.get(0).complete("12.50");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly("12.50");
  }

  @Test
  void givenStageThatHasCompletedAlready_whenItIsReturned_thenTheSagaGoesOn() {
    SagaHandle saga = start(ctx -> CompletableFuture.completedFuture("now"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly("now");
  }

  @Test
  void givenExecutorThatRunsOneTaskAtATime_whenCallsAreUnderWay_thenTheNextBeginsAllTheSame() {
    SagaDefinition<String> definition = define(this::ask, step -> step);
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sagas.add(node.coordinator().start(definition, "key-" + i, "input"));
    }
    shop.time.settle();
    assertThat(pending).hasSize(100);

    pending.forEach(quote -> quote.complete("1"));

    assertThat(sagas)
        .allSatisfy(saga -> assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenStageThatFailsWithARejection_whenItDoes_thenRejectedAndNotCompensated(boolean wrapped) {
    SagaHandle saga = start(this::ask);

    Declined declined = new Declined();
    pending.get(0).completeExceptionally(wrapped ? new CompletionException(declined) : declined);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("quote");
  }

  @Test
  void givenActionThatThrowsInsteadOfReturningAStage_whenItDoes_thenThatIsItsFailure() {
    SagaHandle saga =
        start(
            ctx -> {
              throw new IOException("no route");
            });

    assertThat(saga.await(SOON).reason().orElseThrow()).contains("no route", "unknown outcome");
    assertThat(shop.calls).containsExactly("~quote unknown");
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless client returns
  void givenActionThatReturnsNoStage_whenItDoes_thenItsOutcomeIsUnknown() {
    SagaHandle saga = start(ctx -> null);

    assertThat(saga.await(SOON).reason().orElseThrow()).contains("returned no stage");
    assertThat(shop.calls).containsExactly("~quote unknown");
  }

  @Test
  void givenStageThatFails_whenItIsRetried_thenTheNextAttemptCounts() {
    SagaHandle saga =
        start(
            define(
                this::ask,
                step -> step.retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(2))));
    pending.get(0).completeExceptionally(new IOException("reset"));
    shop.time.advance(Duration.ofSeconds(1));

    pending.get(1).complete("2");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly("2");
  }

  @Test
  void givenCallThatCanBeStopped_whenItsTimeoutPasses_thenStoppedAndCompensatedAfterItsEnd() {
    SagaHandle saga =
        start(
            ctx -> {
              CompletionStage<String> quote = ask(ctx);
              ctx.onInterrupt(
                  () -> pending.get(0).completeExceptionally(new IOException("aborted")));
              return quote;
            });

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason().orElseThrow()).contains("2000 ms", "aborted");
    assertThat(shop.calls).containsExactly("quote", "~quote unknown");
  }

  @Test
  void givenCallThatCantBeStopped_whenItsTimeoutPasses_thenStuckUntilItsEnd() {
    SagaHandle saga = start(this::ask);

    SagaOutcome stuck = saga.await(SOON);
    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(shop.calls).containsExactly("quote");
    pending.get(0).complete("late");
    shop.time.advance(Duration.ofSeconds(1));

    pending.get(1).complete("again");
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly("again");
  }

  /** To cancel a stage is to interrupt it, and no word of the participant's. */
  @Test
  void givenStageThatIsCancelledByItsTimeout_whenRejectionsAreDeclaredWidely_thenUnknown() {
    SagaHandle saga =
        start(
            define(
                ctx -> {
                  CompletionStage<String> quote = ask(ctx);
                  ctx.onInterrupt(() -> pending.get(0).cancel(true));
                  return quote;
                },
                step -> step.rejectedBy(RuntimeException.class)));

    assertThat(saga.await(SOON).reason().orElseThrow()).contains("unknown outcome", "2000 ms");
    assertThat(shop.calls).containsExactly("quote", "~quote unknown");
  }

  @Test
  void givenStageThatSucceedsWithinTheGrace_whenItsTimeoutHasPassed_thenItsSuccessCounts() {
    SagaHandle saga = start(this::ask);
    shop.time.advance(TIMEOUT.plusSeconds(5));

    pending.get(0).complete("slow");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenCallUnderWay_whenTheSagaIsCancelled_thenStoppedAndCompensated() {
    SagaDefinition<String> patient =
        define(
            ctx -> {
              CompletionStage<String> quote = ask(ctx);
              ctx.onInterrupt(() -> pending.get(0).completeExceptionally(new IOException("gone")));
              return quote;
            },
            step -> step.timeout(Duration.ofHours(1)));
    VirtualNode node = shop.time.start(shop.builder("node-1").register(patient));
    SagaHandle saga = node.coordinator().start(patient, "key", "input");
    shop.time.settle();

    node.coordinator().cancel(saga.id(), "ann", "not wanted any more");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("quote", "~quote unknown");
  }

  @Test
  void givenHookThatComesAfterTheInterrupt_whenItIsRegistered_thenItRunsAtOnce() {
    List<ActionContext<String>> contexts = new ArrayList<>();
    SagaHandle saga =
        start(
            ctx -> {
              contexts.add(ctx);
              return ask(ctx);
            });
    shop.time.advance(TIMEOUT.plusSeconds(1));

    contexts.get(0).onInterrupt(() -> pending.get(0).completeExceptionally(new IOException()));
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    contexts.get(0).onInterrupt(() -> shop.calls.add("hook of a call that has ended"));
    shop.time.settle();

    assertThat(shop.calls).containsExactly("quote", "~quote unknown");
  }

  @Test
  void givenHookThatThrows_whenItRuns_thenTheOthersRunAllTheSame() {
    SagaHandle saga =
        start(
            ctx -> {
              CompletionStage<String> quote = ask(ctx);
              ctx.onInterrupt(
                  () -> {
                    throw new IllegalStateException("a careless hook");
                  });
              ctx.onInterrupt(() -> pending.get(0).completeExceptionally(new IOException()));
              return quote;
            });

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenBlockingActionThatIgnoresInterrupts_whenItRegistersWhatStopsIt_thenStopped() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    shop.on(
        "charge",
        ctx -> {
          ctx.onInterrupt(() -> answer.completeExceptionally(new IOException("socket closed")));
          while (!answer.isDone()) {
            try {
              shop.time.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
              shop.calls.add("ignored");
            }
          }
          answer.join();
        });

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls)
        .containsExactly(
            "create", "reserve", "charge", "ignored", "~charge", "~reserve", "~create");
  }

  @Test
  void givenAsynchronousCompensation_whenItFails_thenItIsTriedAgainUntilItsStageSucceeds() {
    List<CompletableFuture<String>> undoing = new ArrayList<>();
    SagaHandle saga =
        start(
            define(
                this::ask,
                step ->
                    step.compensationAsync(
                            ctx -> {
                              undoing.add(new CompletableFuture<>());
                              return undoing.get(undoing.size() - 1);
                            })
                        .compensationRetry(RetryPolicy.fixed(Duration.ofSeconds(1)))));
    pending.get(0).completeExceptionally(new IOException("reset"));
    shop.time.settle();

    undoing.get(0).completeExceptionally(new IOException("reset again"));
    shop.time.advance(Duration.ofSeconds(1));
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATING);
    undoing.get(1).complete("any value");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenProcessThatIsKilledWhileACallIsUnderWay_whenAnotherNodeTakesOver_thenItRunsAgain() {
    SagaDefinition<String> definition = define(this::ask, step -> step);
    VirtualNode first = shop.time.start(shop.builder("node-1").register(definition));
    first.coordinator().start(definition, "key", "input");
    shop.time.settle();
    first.kill();
    VirtualNode second = shop.time.start(shop.builder("node-1").register(definition));
    shop.time.settle();
    assertThat(pending).hasSize(2);

    pending.get(0).complete("of a dead process");
    pending.get(1).complete("3");

    SagaHandle saga = second.coordinator().find("quoting", "key").orElseThrow();
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).containsExactly("3");
  }

  @Test
  void givenCallUnderWay_whenTheCoordinatorCloses_thenStoppedAndAnotherNodeRunsItAgain() {
    SagaDefinition<String> definition =
        define(this::ask, step -> step.timeout(Duration.ofHours(1)));
    VirtualNode first = shop.time.start(shop.builder("node-1").register(definition));
    VirtualNode second = shop.time.start(shop.builder("node-2").register(definition));
    first.coordinator().start(definition, "key", "input");
    shop.time.settle();

    first.coordinator().close();
    shop.time.advance(Duration.ofSeconds(1));
    pending.get(pending.size() - 1).complete("4");

    SagaHandle saga = second.coordinator().find("quoting", "key").orElseThrow();
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(pending).hasSize(2);
  }

  @Test
  void givenDecoratedDefinition_whenItsActionIsWrapped_thenItIsCalledAsOneThatWaits() {
    Executor here = Runnable::run;
    SagaDefinition<String> decorated =
        define(ctx -> CompletableFuture.supplyAsync(() -> "5", here), step -> step)
            .decorated(new CountingDecorator(shop.calls));

    assertThat(start(decorated).await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).containsExactly("decorated quote", "decorated print");
    assertThat(decorated.steps().get(0).asynchronous()).isEmpty();
  }

  @Test
  void givenDecoratedCallThatIsInterrupted_whenItsStageGoesOn_thenTheCallDoes() throws Exception {
    AsyncAction<String, String> action = ctx -> pending.get(0);
    pending.add(new CompletableFuture<>());
    SagaDefinition<String> definition = define(action, step -> step);
    Thread.currentThread().interrupt();
    CompletableFuture<Void> completion =
        CompletableFuture.runAsync(() -> pending.get(0).complete("6"));

    @SuppressWarnings({"unchecked", "NullAway"}) // the action looks at no context
    String result = ((Action<String, String>) definition.steps().get(0).action()).run(null);

    assertThat(result).isEqualTo("6");
    assertThat(Thread.interrupted()).isTrue();
    completion.get();
  }

  private record CountingDecorator(List<String> calls) implements StepDecorator<String> {
    @Override
    public <R> Action<String, R> action(StepDefinition<String, R> step, Action<String, R> action) {
      return ctx -> {
        calls.add("decorated " + step.name());
        return action.run(ctx);
      };
    }
  }
}
