package io.sagaflow.examples.guide;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOperator;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.testkit.SagaExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The guide's samples of signals, sleeps and operator's verbs, run in virtual time. */
class SignalsTest {

  record Order(String orderId) {}

  record Payment(String reference) {}

  /** What a message queue hands over. */
  record Message(String id, String orderId, String reference) {}

  @RegisterExtension final SagaExtension sagas = new SagaExtension();

  private static final StepKey<Payment> PAYMENT = StepKey.of("payment", Payment.class);

  private final List<String> calls = new ArrayList<>();
  private final Shop shop = new Shop();

  /** A participant. */
  final class Shop {

    void reserve(String key) {
      calls.add("reserve");
    }

    void release(String key) {
      calls.add("release");
    }

    void ship(String key, String reference) {
      calls.add("ship " + reference);
    }

    void askForReview(String key) {
      calls.add("ask for a review");
    }
  }

  private final SagaDefinition<Order> order =
      SagaDefinition.named("order", Order.class)
          .step("reserve")
          .action(ctx -> shop.reserve(ctx.idempotencyKey()))
          .compensation(ctx -> shop.release(ctx.actionKey()))
          .awaitSignal(PAYMENT, ofDays(14)) // else the goods are released
          .step("ship")
          .action(ctx -> shop.ship(ctx.idempotencyKey(), ctx.result(PAYMENT).reference()))
          .pivot()
          .sleep("let-it-be-used", ofDays(7))
          .step("ask-for-a-review")
          .action(ctx -> shop.askForReview(ctx.idempotencyKey()))
          .build();

  @Test
  void givenASignal_whenItComes_thenTheSagaGoesOn() {
    SagaHandle saga = sagas.start(order, "order-42", new Order("order-42"));
    sagas.time().advance(ofDays(3));
    SagaCoordinator coordinator = sagas.coordinator();

    Message message = new Message("psp-17", "order-42", "p-1");
    coordinator.signal(
        "order", message.orderId(), PAYMENT, new Payment(message.reference()), message.id());
    sagas.time().settle();
    assertThat(calls).containsExactly("reserve", "ship p-1");
    sagas.time().advance(ofDays(7).plusSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("reserve", "ship p-1", "ask for a review");
  }

  @Test
  void givenNoSignal_whenItsTimePasses_thenTheGoodsAreReleased() {
    SagaHandle saga = sagas.start(order, "order-42", new Order("order-42"));

    sagas.time().advance(ofDays(14).plusSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("reserve", "release");
  }

  @Test
  void givenAnOperator_whenTheyKnowMore_thenTheSagaGoesOnByWhatTheySay() {
    SagaHandle saga = sagas.start(order, "order-42", new Order("order-42"));
    sagas.time().advance(ofHours(1));
    SagaCoordinator coordinator = sagas.coordinator();
    SagaId id = saga.id();

    SagaOperator ann = coordinator.operator("ann", "paid in cash, see ticket 4711");
    ann.markDone(id, PAYMENT, new Payment("cash"));
    sagas.time().settle();

    assertThat(calls).containsExactly("reserve", "ship cash");
  }
}
