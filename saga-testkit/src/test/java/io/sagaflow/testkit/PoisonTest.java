package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.TamperedStore.changed;
import static io.sagaflow.testkit.TamperedStore.kind;
import static io.sagaflow.testkit.TamperedStore.payload;
import static io.sagaflow.testkit.TamperedStore.step;
import static io.sagaflow.testkit.TamperedStore.without;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A saga whose rows can't be read is stuck, with a reason, and harms no other. */
class PoisonTest {

  private final Shop shop = new Shop();
  private final TamperedStore store = new TamperedStore(shop.store, "order-42");

  /**
   * A way to corrupt a journal that holds SAGA_STARTED and STEP_COMPLETED of create and reserve.
   *
   * @param name tells it in reports
   * @param tamper what it does
   * @param why what the reason has to say
   */
  record Corruption(String name, UnaryOperator<StoredSaga> tamper, List<String> why) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Corruption corruption(
      String name, UnaryOperator<StoredSaga> tamper, String... why) {
    return new Corruption(name, tamper, List.of(why));
  }

  static List<Corruption> corruptions() {
    return List.of(
        corruption("unknown kind", changed(1, kind("TELEPORTED")), "Record 2", "TELEPORTED"),
        corruption("missing step", changed(1, step(null)), "Record 2", "column step is empty"),
        corruption("another step", changed(1, step("charge")), "Record 2", "step's turn"),
        corruption("a step of nobody", changed(1, step("nope")), "Record 2", "step's turn"),
        corruption("gap", without(1), "record 3 where record 2 belongs"),
        corruption("no beginning", without(0), "record 2 where record 1 belongs"),
        corruption(
            "another beginning", changed(0, kind("SAGA_COMPLETED")), "begin with SAGA_STARTED"),
        corruption("missing input", changed(0, payload(null)), "column payload is empty"),
        corruption("input that isn't JSON", changed(0, payload("{\"id\":")), "Order", "JSON"),
        corruption("input of another form", changed(0, payload("[1]")), "Order", "JSON"),
        corruption("result that isn't JSON", changed(2, payload("{")), "Reservation", "JSON"),
        corruption(
            "another status",
            PoisonTest::compensatingByItsRow,
            "COMPENSATING by its row and RUNNING by its journal"));
  }

  private static StoredSaga compensatingByItsRow(StoredSaga saga) {
    return saga.status() == SagaStatus.RUNNING
        ? new StoredSaga(saga.header(), SagaStatus.COMPENSATING, saga.journal())
        : saga;
  }

  /** Leaves three orders in the middle of charge. */
  private List<SagaHandle> leaveThreeOrders(String... ids) {
    VirtualNode first = shop.node("node-1");
    shop.on("charge", ctx -> shop.time.hang());
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Order order = new Order(ids.length == 0 ? "1" : ids[i], 5);
      sagas.add(first.coordinator().start(shop.placeOrder, "order-4" + (i + 1), order));
    }
    shop.time.settle();
    first.kill();
    shop.on("charge", ctx -> {});
    return sagas;
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void givenCorruptJournal_whenClaimed_thenOnlyThatSagaIsStuckAndRetryGetsItOnOnceMended(
      Corruption corruption) {
    List<SagaHandle> sagas = leaveThreeOrders();
    store.tamper(corruption.tamper());
    VirtualNode node = shop.time.start(shop.builder("node-1", store));
    SagaHandle corrupt = shop.find(node);
    SagaOutcome outcome = corrupt.await(SOON);
    List<SagaStatus> statuses = sagas.stream().map(SagaHandle::status).toList();

    store.tamper(UnaryOperator.identity());
    node.coordinator().retry(corrupt.id(), "ann", "the row is mended");
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(statuses)
        .containsExactly(SagaStatus.COMPLETED, SagaStatus.STUCK, SagaStatus.COMPLETED);
    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains(corruption.why());
    assertThat(corrupt.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenCorruptJournal_whenAResultIsAsked_thenItIsNotTakenForNone() {
    leaveThreeOrders();
    store.tamper(changed(1, kind("TELEPORTED")));
    VirtualNode node = shop.time.start(shop.builder("node-1", store));

    SagaOutcome outcome = shop.find(node).await(SOON);

    assertThatThrownBy(() -> outcome.result(Shop.RESERVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("journal can't be read");
  }

  @Test
  void givenRowThatIsNotMended_whenRetried_thenStuckAgain() {
    leaveThreeOrders();
    store.tamper(changed(1, kind("TELEPORTED")));
    VirtualNode node = shop.time.start(shop.builder("node-1", store));

    node.coordinator().retry(shop.find(node).id(), "ann", "perhaps it helps");
    shop.time.advance(SOON);

    assertThat(shop.find(node).status()).isEqualTo(SagaStatus.STUCK);
    assertThat(shop.store.load(shop.find(node).id()).orElseThrow().journal())
        .as("stuck, and stuck again, once each")
        .filteredOn(row -> row.kind().equals("SAGA_STUCK"))
        .hasSize(2);
  }

  @Test
  void givenCodecThatThrowsAnError_whenSagasAreClaimed_thenOnlyThatSagaIsStuck() {
    List<SagaHandle> sagas = leaveThreeOrders("1", "poison", "3");
    PayloadCodec failing = new ErrorOnPoison();

    VirtualNode node = shop.time.start(shop.builder("node-1").codec(failing));
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(sagas.stream().map(SagaHandle::status).toList())
        .containsExactly(SagaStatus.COMPLETED, SagaStatus.STUCK, SagaStatus.COMPLETED);
    SagaOutcome outcome = node.coordinator().find(sagas.get(1).id()).orElseThrow().await(SOON);
    assertThat(outcome.reason().orElseThrow()).contains("com/example/Order");
    SagaHandle next = node.coordinator().start(shop.placeOrder, "order-50", ORDER);
    assertThat(next.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  /** Finds no class for some bytes, as after a deployment that lacks a jar. */
  private static final class ErrorOnPoison implements PayloadCodec {
    private final PayloadCodec json = JacksonPayloadCodec.withDefaults();

    @Override
    public byte[] encode(Object value, PayloadContext context) {
      return json.encode(value, context);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
      if (new String(bytes, UTF_8).contains("poison")) {
        throw new NoClassDefFoundError("com/example/Order");
      }
      return json.decode(bytes, type, context);
    }

    @Override
    public boolean holds(byte[] bytes, Object value, PayloadContext context) {
      return json.holds(bytes, value, context);
    }
  }
}
