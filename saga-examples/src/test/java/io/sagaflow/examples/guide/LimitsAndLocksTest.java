package io.sagaflow.examples.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.SagaExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The guide's samples of asynchronous actions, limits and locks, run in virtual time. */
class LimitsAndLocksTest {

  record Trip(String id) {}

  record Withdrawal(String account, long cents) {}

  @RegisterExtension final SagaExtension sagas = new SagaExtension();

  private final List<String> calls = new ArrayList<>();
  private final Insurer insurer = new Insurer();
  private final Bank bank = new Bank();

  /** A participant whose client doesn't block. */
  final class Insurer {
    final List<CompletableFuture<String>> quotes = new ArrayList<>();

    CompletableFuture<String> quote(String key) {
      calls.add("quote");
      quotes.add(new CompletableFuture<>());
      return quotes.get(quotes.size() - 1);
    }

    CompletableFuture<Void> withdraw(String actionKey) {
      calls.add("withdraw");
      return CompletableFuture.completedFuture(null);
    }

    void insure(String key) {
      calls.add("insure");
    }

    void cancel(String actionKey) {
      calls.add("cancel");
    }
  }

  /** A participant that others use as well. */
  final class Bank {

    void debit(String key, long cents) throws InterruptedException {
      calls.add("debit " + cents);
      sagas.time().sleep(ofSeconds(1));
    }

    void credit(String actionKey) {
      calls.add("credit");
    }

    void payOut(String key, long cents) {
      calls.add("pay out " + cents);
    }
  }

  private SagaDefinition<Trip> quoting() {
    return SagaDefinition.named("quote", Trip.class)
        .step("quote", String.class)
        .actionAsync(
            ctx -> {
              CompletableFuture<String> quote = insurer.quote(ctx.idempotencyKey());
              ctx.onInterrupt(() -> quote.cancel(true));
              return quote;
            })
        .compensationAsync(ctx -> insurer.withdraw(ctx.actionKey()))
        .timeout(ofSeconds(5))
        .build();
  }

  @Test
  void givenAnAsynchronousCall_whenItsStageCompletes_thenSoDoesTheStep() {
    SagaHandle saga = sagas.start(quoting(), "trip-1", new Trip("trip-1"));
    sagas.time().settle();

    insurer.quotes.get(0).complete("12.50");

    assertThat(saga.await(ofSeconds(1)).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenAnAsynchronousCall_whenItTakesTooLong_thenStoppedTriedAgainAndCompensated() {
    SagaHandle saga = sagas.start(quoting(), "trip-1", new Trip("trip-1"));

    assertThat(saga.await(ofSeconds(60)).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("quote", "quote", "quote", "quote", "quote", "withdraw");
  }

  @Test
  void givenLimits_whenASagaRuns_thenItPassesThem() {
    SagaDefinition<Trip> insure =
        SagaDefinition.named("insure", Trip.class)
            .maxConcurrent(200) // calls of all steps together
            .step("policy")
            .action(ctx -> insurer.insure(ctx.idempotencyKey()))
            .compensation(ctx -> insurer.cancel(ctx.actionKey()))
            .maxConcurrent(20) // what the insurer bears at a time
            .rateLimit(100, ofSeconds(1)) // and within any second
            .build();

    SagaHandle saga = sagas.start(insure, "trip-1", new Trip("trip-1"));

    assertThat(saga.await(ofSeconds(1)).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenTwoWithdrawals_whenTheyWantOneAccount_thenOneAfterTheOther() {
    SagaDefinition<Withdrawal> withdraw =
        SagaDefinition.named("withdraw", Withdrawal.class)
            .locking(ctx -> List.of("account:" + ctx.input().account()))
            .step("debit")
            .action(ctx -> bank.debit(ctx.idempotencyKey(), ctx.input().cents()))
            .compensation(ctx -> bank.credit(ctx.actionKey()))
            .step("pay-out")
            .action(ctx -> bank.payOut(ctx.idempotencyKey(), ctx.input().cents()))
            .pivot()
            .build();
    SagaHandle one = sagas.start(withdraw, "w-1", new Withdrawal("42", 100));
    sagas.time().settle();
    SagaCoordinator coordinator = sagas.coordinator();
    SagaHandle other = coordinator.start(withdraw, "w-2", new Withdrawal("42", 200));
    sagas.time().settle();
    assertThat(coordinator.lockQueue("account:42")).hasSize(2);

    assertThat(one.await(ofSeconds(10)).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(other.await(ofSeconds(10)).status()).isEqualTo(SagaStatus.COMPLETED);

    assertThat(calls).containsExactly("debit 100", "pay out 100", "debit 200", "pay out 200");
  }
}
