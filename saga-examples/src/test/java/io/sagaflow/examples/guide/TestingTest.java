package io.sagaflow.examples.guide;

import static io.sagaflow.testkit.SagaAssertions.assertThat;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.StepKey;
import io.sagaflow.testkit.Behaviour;
import io.sagaflow.testkit.EffectLedger;
import io.sagaflow.testkit.FakeParticipant;
import io.sagaflow.testkit.IdempotencyCheck;
import io.sagaflow.testkit.SagaExtension;
import io.sagaflow.testkit.VirtualNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples of the page on testing, run. */
class TestingTest {

  private static final StepKey<String> CHARGE_PAYMENT = StepKey.of("charge-payment", String.class);

  @RegisterExtension final SagaExtension sagas = new SagaExtension();

  private final EffectLedger ledger = sagas.ledger();
  private final FakeParticipant stock = FakeParticipant.named("stock", ledger);
  private final FakeParticipant payments = FakeParticipant.named("payment", ledger);

  private final SagaDefinition<String> buy =
      SagaDefinition.named("buy", String.class)
          .step("reserve-stock", String.class)
          .action(ctx -> stock.act(ctx.idempotencyKey()))
          .compensation(ctx -> stock.compensate(ctx.actionKey()))
          .step(CHARGE_PAYMENT)
          .action(ctx -> payments.act(ctx.idempotencyKey()))
          .compensation(ctx -> payments.compensate(ctx.actionKey()))
          .retry(RetryPolicy.fixed(ofSeconds(30)).maxAttempts(3))
          .build();

  @Test
  void givenACardThatIsDeclined_whenBought_thenTheStockGoesBack() {
    payments.nextActions(Behaviour.failingAfterEffect(), Behaviour.rejecting());

    SagaHandle saga = sagas.start(buy, "order-42", "an espresso machine");

    assertThat(saga)
        .endsWithin(ofHours(1)) // which pass at once
        .isCompensated()
        .completedSteps("reserve-stock")
        .hasUnknownOutcomeOf("charge-payment") // for the first attempt may have taken the money
        .compensatedInOrder("charge-payment", "reserve-stock");
    assertThat(ledger.net()).isEmpty();
  }

  @Test
  void givenABankThatIsAway_whenTheNodeIsKilledMeanwhile_thenAnotherCharges() {
    payments.nextActions(Behaviour.failingBeforeEffect());
    VirtualNode first = sagas.register(buy).startNode();
    SagaHandle saga = sagas.start(buy, "order-42", "an espresso machine");
    sagas.time().settle(); // the first attempt fails, the next is due in 30 seconds

    first.kill(); // as by kill -9
    SagaHandle seen = sagas.startNode().coordinator().find(saga.id()).orElseThrow();

    assertThat(seen)
        .endsWithin(ofMinutes(5))
        .isCompleted()
        .wasResumedTimes(1)
        .hasResult(CHARGE_PAYMENT, "payment-1");
  }

  @Test
  void givenCodeThatAsksForTheTime_whenTimeIsAdvanced_thenItSeesThat() {
    List<Object> seen = new ArrayList<>();
    InstantSource clock = sagas.time().clock();
    SagaDefinition<String> note =
        SagaDefinition.named("note", String.class)
            .step("note-the-time")
            .action(ctx -> seen.add(clock.instant()))
            .readOnly()
            .build();
    sagas.time().advance(ofHours(1));

    sagas.start(note, "key", "input").await(ofMinutes(1));

    assertThat(seen).containsExactly(sagas.time().now());
  }

  /** A participant of one's own. */
  static final class Accounts {

    private final Map<String, Integer> charged = new HashMap<>();
    private int balance = 100;

    void charge(String key, int amount) {
      if (charged.putIfAbsent(key, amount) == null) {
        balance -= amount;
      }
    }

    void refund(String key) {
      balance += charged.getOrDefault(key, 0);
      charged.put(key, 0); // a tombstone: the key is used up
    }

    int balance() {
      return balance;
    }
  }

  @Test
  void givenAParticipant_whenChecked_thenItBearsWhatSagasDo() {
    Accounts accounts = new Accounts();

    IdempotencyCheck.of("accounts")
        .action(key -> accounts.charge(key, 30))
        .compensation(key -> accounts.refund(key))
        .state(() -> accounts.balance())
        .barrier() // also: an action that comes after its compensation has no effect
        .check();

    assertThat(accounts.balance()).isEqualTo(100);
  }
}
