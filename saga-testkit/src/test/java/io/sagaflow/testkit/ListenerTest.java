package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.Shop.Declined;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListenerTest {

  private final Shop shop = new Shop();
  private final List<SagaEvent> told = new ArrayList<>();

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("metrics are down"),
        new AssertionError("not what I expected"),
        new NoClassDefFoundError("com/example/Metrics"),
        new StackOverflowError(),
        new IOException("checked, from a language that doesn't check"));
  }

  @Test
  void givenListener_whenASagaRuns_thenItIsToldEveryRecordInOrder() {
    shop.on(
        "charge",
        ctx -> {
          throw new Declined();
        });
    VirtualNode node = shop.time.start(shop.builder("node-1").listener(told::add));

    SagaHandle saga = shop.start(node);
    saga.await(SOON);

    assertThat(told).isEqualTo(saga.history());
    assertThat(told).hasSizeGreaterThan(6);
  }

  @Test
  void givenListener_whenItIsTold_thenTheRecordIsDurable() {
    List<Boolean> durable = new ArrayList<>();
    SagaListener listener =
        event ->
            durable.add(
                shop.store.load(event.sagaId()).orElseThrow().journal().size() >= event.seq());
    VirtualNode node = shop.time.start(shop.builder("node-1").listener(listener));

    shop.start(node).await(SOON);

    assertThat(durable).hasSize(7).containsOnly(true);
  }

  @Test
  void givenTwoNodes_whenASagaIsTakenOver_thenEachTellsWhatItHasAppended() {
    List<SagaEvent> toldByOther = new ArrayList<>();
    VirtualNode node1 = shop.time.start(shop.builder("node-1").listener(told::add));
    VirtualNode node2 = shop.time.start(shop.builder("node-2").listener(toldByOther::add));
    shop.first("reserve", ctx -> node1.kill());
    shop.start(node1);
    shop.time.settle();
    shop.on("reserve", ctx -> {});

    SagaHandle saga = shop.find(node2);
    saga.await(SOON);

    List<SagaEvent> all = new ArrayList<>(told);
    all.addAll(toldByOther);
    assertThat(all).isEqualTo(saga.history());
    assertThat(told)
        .extracting(Shop::kind)
        .containsExactly("SAGA_STARTED", "STEP_COMPLETED create");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void givenListenerThatThrows_whenSagasRun_thenTheyEndAndOtherListenersAreTold(Throwable failure) {
    VirtualNode node =
        shop.time.start(
            shop.builder("node-1")
                .listener(event -> ListenerTest.<RuntimeException>raise(failure))
                .listener(told::add));

    SagaHandle saga = shop.start(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(told).isEqualTo(saga.history());
  }

  @SuppressWarnings("unchecked") // throws whatever it is, as other languages of the JVM do
  private static <E extends Throwable> void raise(Throwable failure) throws E {
    throw (E) failure;
  }
}
