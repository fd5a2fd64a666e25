package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.EncryptingPayloadCodec;
import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.KeyRing;
import io.sagaflow.PayloadCodec;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.store.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Everything that writes a payload, and everything that reads it, with a codec that binds it. */
class EncryptedSagasTest {

  private static final String MARKER = "MARKER-4711";
  private static final StepKey<String> PACK = StepKey.of("pack", String.class);
  private static final StepKey<String> PAID = StepKey.of("paid", String.class);
  private static final StepKey<String> SHIP = StepKey.of("ship", String.class);
  private static final StepKey<String> BILL = StepKey.of("bill", String.class);

  private static final KeyRing OLD = KeyRing.of("old", key(1));
  private static final KeyRing ROTATED = KeyRing.of("new", key(2)).alsoReading("old", key(1));
  private static final PayloadCodec JSON = JacksonPayloadCodec.withDefaults();

  private final Shop shop = new Shop();
  private final TransactionalStoreInMemory store = new TransactionalStoreInMemory(shop.store);
  private final List<String> seen = new ArrayList<>();
  private boolean billFails;

  private final SagaDefinition<String> shipment =
      SagaDefinition.named("shipment", String.class)
          .step(PACK)
          .action(ctx -> "parcel of " + ctx.input())
          .compensation(ctx -> {})
          .build();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .awaitSignal(PAID)
          .child(SHIP.name(), shipment, PACK, ctx -> "order " + ctx.input())
          .step(BILL)
          .action(
              ctx -> {
                if (billFails) {
                  throw new IllegalStateException("no printer");
                }
                return "bill of " + ctx.input();
              })
          .retry(RetryPolicy.none())
          .pivot()
          .step("tell")
          .action(
              ctx -> {
                seen.add(ctx.input());
                seen.add(ctx.result(PAID));
                seen.add(ctx.result(SHIP));
                seen.add(ctx.result(BILL));
              })
          .build();

  private static SecretKeySpec key(int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    return new SecretKeySpec(bytes, "AES");
  }

  private SagaCoordinatorBuilder builder(String name, KeyRing keys) {
    return shop.builder(name, store)
        .register(order)
        .codec(EncryptingPayloadCodec.around(JSON, keys));
  }

  private VirtualNode node(String name, KeyRing keys) {
    return shop.time.start(builder(name, keys));
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(order, "o-1", MARKER);
  }

  private void pay(VirtualNode node) {
    node.coordinator().signal("order", "o-1", PAID, "paid " + MARKER, "signal-1");
    shop.time.advance(Duration.ofSeconds(1));
  }

  private List<String> payloads(SagaId saga) {
    return shop.store.load(saga).orElseThrow().journal().stream()
        .map(StoredRecord::payload)
        .filter(Objects::nonNull)
        .map(payload -> new String(payload.bytes(), ISO_8859_1))
        .toList();
  }

  @Test
  void givenSaga_whenItRuns_thenItSeesItsDataAndNothingOfThemIsLegible() {
    VirtualNode node = node("node-1", OLD);
    SagaHandle saga = start(node);

    pay(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(saga.await(SOON).result(BILL)).contains("bill of " + MARKER);
    assertThat(seen)
        .containsExactly(
            MARKER, "paid " + MARKER, "parcel of order " + MARKER, "bill of " + MARKER);
    SagaHandle child = node.coordinator().find("shipment", saga.id() + ":ship").orElseThrow();
    assertThat(List.of(payloads(saga.id()), payloads(child.id())))
        .allSatisfy(
            payloads ->
                assertThat(payloads)
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(payload -> payload.startsWith("AES1") && payload.contains("old"))
                    .noneMatch(payload -> payload.contains(MARKER)));
  }

  @Test
  void givenSaga_whenStartedAgain_thenTheInputCountsAndNotItsBytes() {
    VirtualNode node = node("node-1", OLD);
    VirtualNode rotated = node("node-2", ROTATED);
    SagaHandle saga = start(node);

    assertThat(start(node).id()).isEqualTo(saga.id());
    assertThat(start(rotated).id()).isEqualTo(saga.id());
    CompletableFuture<SagaHandle> async =
        node.coordinator().startAsync(order, "o-1", MARKER).toCompletableFuture();
    shop.time.settle();
    assertThat(async.join().id()).isEqualTo(saga.id());
    assertThatThrownBy(() -> node.coordinator().start(order, "o-1", "other"))
        .isInstanceOf(SagaConflictException.class);
  }

  @Test
  void givenSagaOfATransaction_whenStartedAgain_thenTheInputCountsAndTheSagaRuns() {
    VirtualNode node = node("node-1", OLD);
    TransactionalStoreInMemory.Transaction first = store.begin();
    SagaHandle saga = node.coordinator().start(first.connection, order, "o-1", MARKER);
    first.commit();
    TransactionalStoreInMemory.Transaction again = store.begin();

    assertThat(node.coordinator().start(again.connection, order, "o-1", MARKER).id())
        .isEqualTo(saga.id());
    assertThatThrownBy(() -> node.coordinator().start(again.connection, order, "o-1", "other"))
        .isInstanceOf(SagaConflictException.class);
    again.commit();
    pay(node);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  /** The second try has another id, and its payload is bound to that. */
  @Test
  void givenFencedNode_whenStarted_thenTheSagaOfTheSecondTryReadsItsInput() {
    VirtualNode node = node("node-1", OLD);
    shop.store.evict(shop.idOf("node-1"));

    SagaHandle saga = start(node);
    pay(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).contains(MARKER);
  }

  @Test
  void givenSagaUnderWay_whenTakenOverAfterARotation_thenOldAndNewPayloadsAreRead() {
    VirtualNode dead = node("node-1", OLD);
    SagaHandle saga = start(dead);
    shop.time.settle();
    dead.kill();

    VirtualNode next = node("node-1", ROTATED);
    pay(next);
    SagaHandle same = next.coordinator().find(saga.id()).orElseThrow();

    assertThat(same.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(payloads(saga.id()).get(0)).contains("old");
    assertThat(payloads(saga.id()).get(1)).contains("new");
    assertThat(seen).hasSize(4);
  }

  @Test
  void givenKeyThatIsMissing_whenTakenOver_thenTheSagaIsStuckUntilItIsThere() {
    VirtualNode dead = node("node-1", OLD);
    SagaHandle saga = start(dead);
    shop.time.settle();
    dead.kill();

    VirtualNode without = node("node-1", KeyRing.of("new", key(2)));
    shop.time.advance(Duration.ofSeconds(5));
    without.coordinator().signal(saga.id(), PAID, "paid", "signal-1");
    shop.time.advance(Duration.ofSeconds(5));
    SagaHandle stuck = without.coordinator().find(saga.id()).orElseThrow();
    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(stuck.await(SOON).reason().orElseThrow())
        .contains("key 'old', which the ring hasn't", "input of saga " + saga.id());
    assertThatThrownBy(() -> start(without)).isInstanceOf(SagaDataException.class);
    without.kill();

    VirtualNode mended = node("node-1", ROTATED);
    mended.coordinator().retry(saga.id(), "ann", "the key is back");
    shop.time.advance(Duration.ofSeconds(5));

    assertThat(mended.coordinator().find(saga.id()).orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).contains("paid");
  }

  @Test
  void givenStepThatFailed_whenAnOperatorMarksItDone_thenItsResultIsReadByTheNextStep() {
    billFails = true;
    VirtualNode node = node("node-1", OLD);
    SagaHandle saga = start(node);
    pay(node);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    node.coordinator().operator("ann", "by hand").markDone(saga.id(), BILL, "hand " + MARKER);
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(seen).endsWith("hand " + MARKER);
    assertThat(payloads(saga.id())).noneMatch(payload -> payload.contains(MARKER));
  }

  @Test
  void givenPlainSaga_whenEncryptionIsSwitchedOn_thenItGoesOnIfThatIsAllowed() {
    VirtualNode plain = shop.time.start(builder("node-1", OLD).codec(JSON));
    SagaHandle saga = start(plain);
    shop.time.settle();
    plain.kill();

    VirtualNode next =
        shop.time.start(
            builder("node-1", OLD)
                .codec(EncryptingPayloadCodec.around(JSON, OLD).acceptingPlain()));
    assertThat(start(next).id()).isEqualTo(saga.id());
    pay(next);

    assertThat(next.coordinator().find(saga.id()).orElseThrow().await(SOON).status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(payloads(saga.id()).get(0)).contains(MARKER);
    assertThat(payloads(saga.id()).get(1)).startsWith("AES1").doesNotContain(MARKER);
  }

  @Test
  void givenPlainSaga_whenItIsNotAllowed_thenItIsStuck() {
    VirtualNode plain = shop.time.start(builder("node-1", OLD).codec(JSON));
    SagaHandle saga = start(plain);
    shop.time.settle();
    plain.kill();

    VirtualNode strict = node("node-1", OLD);
    pay(strict);

    SagaHandle stuck = strict.coordinator().find(saga.id()).orElseThrow();
    assertThat(stuck.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
    assertThat(stuck.await(SOON).reason().orElseThrow()).contains("acceptingPlain()");
  }

  /** Whoever can write to the database can't give a saga the input of another one. */
  @Test
  void givenInputsThatWereSwapped_whenTheSagaIsTakenOver_thenItIsStuck() {
    VirtualNode dead = node("node-1", OLD);
    SagaHandle victim = start(dead);
    SagaHandle donor = dead.coordinator().start(order, "o-2", "free of charge");
    shop.time.settle();
    dead.kill();
    TamperedStore tampered = new TamperedStore(store, "o-1");
    StoredRecord other = shop.store.load(donor.id()).orElseThrow().journal().get(0);
    tampered.tamper(
        TamperedStore.changed(
            0, row -> TamperedStore.with(row, row.kind(), row.step(), other.payload())));

    VirtualNode next =
        shop.time.start(
            shop.builder("node-1", tampered)
                .register(order)
                .codec(EncryptingPayloadCodec.around(JSON, OLD)));
    next.coordinator().signal(victim.id(), PAID, "paid", "signal-1");
    shop.time.advance(Duration.ofSeconds(5));

    SagaHandle stuck = next.coordinator().find(victim.id()).orElseThrow();
    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(stuck.history())
        .filteredOn(event -> event.kind() == RecordKind.SAGA_STUCK)
        .allSatisfy(event -> assertThat(event.detail().orElseThrow()).contains("changed or moved"));
    assertThat(seen).isEmpty();
  }
}
