package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.SagaTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is away for a while is the coordinator's trouble, and nobody's failure. */
class OutageTest {

  private static final Duration OUTAGE = Duration.ofMinutes(3);

  private final Shop shop = new Shop();
  private final OutageStore store = new OutageStore(shop.store);
  private final VirtualNode node = shop.time.start(shop.builder("node-1", store));

  record Moment(Scenario scenario, String call) {}

  static List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    for (Scenario scenario : Scenario.values()) {
      scenario.calls().forEach(call -> moments.add(new Moment(scenario, call)));
    }
    return moments;
  }

  @ParameterizedTest
  @MethodSource("moments")
  void givenOutageThatBeginsInACall_whenTheStoreIsBack_thenTheSagaEndsAsIfNothingHadBeen(
      Moment moment) {
    moment.scenario().arrange(shop);
    shop.first(moment.call(), ctx -> store.goDown());
    SagaHandle saga = shop.start(node);
    shop.time.advance(OUTAGE);
    List<String> callsInTheOutage = List.copyOf(shop.calls);

    store.comeBack();
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(callsInTheOutage).as("nothing starts undurably").endsWith(moment.call());
    assertSound(shop, saga, moment.scenario().end);
    assertThat(shop.calls).isEqualTo(moment.scenario().calls());
    assertThat(Shop.kinds(saga))
        .doesNotContain("SAGA_RESUMED")
        .noneMatch(kind -> kind.startsWith("ACTION_FAILED") || kind.startsWith("COMPENSATION_"));
  }

  @Test
  void givenOutageBeyondTheLease_whenAnotherNodeTookOver_thenTheSagaEndsOnce() {
    VirtualNode node2 = shop.node("node-2");
    shop.first("reserve", ctx -> store.goDown());
    shop.start(node);
    shop.time.settle();
    shop.on("reserve", ctx -> {});
    SagaHandle saga = shop.find(node2);
    saga.await(SOON);
    List<String> journal = Shop.kinds(saga);

    store.comeBack(); // and with it what node-1 had wanted to write
    shop.time.advance(SOON);

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).isEqualTo(journal).contains("SAGA_RESUMED");
    assertThat(shop.store.nodes()).as("node-1 has joined anew").hasSize(2);
  }

  @Test
  void givenOutage_whenASagaIsStarted_thenNoAnswerAfterTheStoreTimeoutAndTheCallMayBeRepeated() {
    store.goDown();
    Instant before = shop.time.now();
    assertThatThrownBy(() -> shop.start(node))
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContainingAll("order-42", "repeat it with the same business key");
    assertThat(shop.time.now()).isEqualTo(before.plusSeconds(30));

    store.comeBack();
    SagaHandle saga = shop.start(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenStartThatWasGivenUp_whenTheStoreIsBack_thenTheSagaRunsWithoutItsCaller() {
    store.goDown();
    assertThatThrownBy(() -> shop.start(node)).isInstanceOf(SagaStoreException.class);

    store.comeBack();
    shop.time.advance(Duration.ofSeconds(10));

    assertSound(shop, shop.find(node), SagaStatus.COMPLETED);
  }

  @Test
  void givenStoreTimeout_whenTheStoreDoesNotAnswer_thenTheCallerWaitsThatLong() {
    OutageStore down = new OutageStore(shop.store);
    VirtualNode hasty =
        shop.time.start(shop.builder("node-2", down).storeTimeout(Duration.ofSeconds(3)));
    down.goDown();
    Instant before = shop.time.now();

    assertThatThrownBy(() -> shop.start(hasty)).isInstanceOf(SagaStoreException.class);

    assertThat(shop.time.now()).isEqualTo(before.plusSeconds(3));
  }

  @Test
  void givenOutage_whenSomethingIsAsked_thenTheStoresErrorIsTheCallers() {
    SagaHandle saga = shop.start(node);
    saga.await(SOON);
    store.goDown();

    assertThatThrownBy(saga::status).isInstanceOf(SagaStoreException.class);
    assertThatThrownBy(saga::history).isInstanceOf(SagaStoreException.class);
    assertThatThrownBy(() -> saga.cancel("ann", "reason")).isInstanceOf(SagaStoreException.class);
    assertThatThrownBy(() -> shop.find(node)).isInstanceOf(SagaStoreException.class);
    assertThatThrownBy(() -> saga.await(Duration.ofSeconds(5)))
        .isInstanceOf(SagaTimeoutException.class);
  }

  @Test
  void givenOutage_whenACoordinatorIsStarted_thenTheStoresErrorIsTheCallers() {
    OutageStore down = new OutageStore(shop.store);
    down.goDown();

    assertThatThrownBy(() -> shop.time.start(shop.builder("node-2", down)))
        .isInstanceOf(SagaStoreException.class);
  }

  @Test
  void givenCancelWhileAnAppendWaits_whenItIsDurable_thenTheSagaTurns() {
    shop.on("reserve", ctx -> store.stallWrites());
    SagaHandle saga = shop.start(node);
    shop.time.settle();
    saga.cancel("ann", "ordered twice");
    shop.time.settle();

    store.comeBack();
    shop.time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).doesNotContain("charge");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 12})
  void givenOutagesAgainAndAgain_whenManySagasRun_thenAllComplete(int seconds) {
    List<SagaHandle> sagas = new ArrayList<>();
    shop.on("charge", ctx -> shop.time.sleep(Duration.ofMillis(700)));
    for (int i = 0; i < 20; i++) {
      sagas.add(node.coordinator().start(shop.placeOrder, "order-" + i, ORDER));
    }

    for (int i = 0; i < 10; i++) {
      store.goDown();
      shop.time.advance(Duration.ofSeconds(seconds));
      store.comeBack();
      shop.time.advance(Duration.ofMillis(100));
    }
    shop.time.advance(Duration.ofSeconds(20));

    assertThat(sagas).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(100);
  }
}
