package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A saga that waits long leaves memory: it costs a row, and comes back when it is due. */
class ParkTest {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BACKOFF = Duration.ofMinutes(15);

  private final Shop shop = new Shop();
  private final ClaimsStore store = new ClaimsStore();
  private final SagaDefinition<String> patient =
      SagaDefinition.named("patient", String.class)
          .step("wait")
          .action(
              ctx -> {
                shop.calls.add("wait");
                if (ctx.attempt() == 1) {
                  throw new IllegalStateException("come back later");
                }
              })
          .compensation(ctx -> shop.calls.add("~wait"))
          .retry(RetryPolicy.fixed(BACKOFF))
          .build();
  private final VirtualNode node = shop.time.start(shop.builder("node-1", store).register(patient));

  /** Notes which sagas are claimed. */
  private final class ClaimsStore extends ForwardingStore {
    private final List<ClaimedSaga> claimed = new ArrayList<>();

    ClaimsStore() {
      super(shop.store);
    }

    @Override
    public List<ClaimedSaga> claim(
        NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
      List<ClaimedSaga> sagas = super.claim(owner, definitions, now, limit);
      claimed.addAll(sagas);
      return sagas;
    }
  }

  private SagaHandle startPatient() {
    SagaHandle saga = node.coordinator().start(patient, "key", "input");
    shop.time.settle();
    return saga;
  }

  private boolean isOwned(SagaHandle saga) {
    saga.cancel("probe", "is it in a node's inbox?");
    List<StoredCommand> inbox = shop.store.commands(shop.idOf("node-1"), 10);
    return inbox.stream().anyMatch(command -> command.sagaId().equals(saga.id()));
  }

  @Test
  void givenLongBackoff_whenItBegins_thenNobodyOwnsTheSaga() {
    SagaHandle saga = startPatient();

    assertThat(isOwned(saga)).isFalse();
  }

  @Test
  void givenShortBackoff_whenItBegins_thenTheSagaStaysInMemory() {
    SagaDefinition<Shop.Order> hasty =
        shop.define("hasty", RetryPolicy.fixed(Duration.ofSeconds(59)));
    VirtualNode its = shop.time.start(shop.builder("node-2", store).register(hasty));
    shop.on("create", Shop.failing(1, new IllegalStateException("not yet")));

    SagaHandle saga = its.coordinator().start(hasty, "key", ORDER);
    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(store.claimed).isEmpty();
  }

  @Test
  void givenParkedSaga_whenItIsDue_thenItComesBackThenAndCompletes() {
    Instant due = shop.time.now().plus(BACKOFF);
    SagaHandle saga = startPatient();

    SagaOutcome outcome = saga.await(Duration.ofMinutes(20));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.time.now()).isBetween(due, due.plus(POLL));
    assertThat(store.claimed).singleElement().matches(claimed -> !claimed.orphaned());
    assertThat(Shop.kinds(saga))
        .containsExactly(
            "SAGA_STARTED", "ACTION_FAILED wait", "STEP_COMPLETED wait", "SAGA_COMPLETED");
  }

  @Test
  void givenParkedSaga_whenItsNodeIsGone_thenAnotherTakesItUpWhenDueWithoutDoubt() {
    SagaHandle saga = startPatient();
    node.kill();
    VirtualNode other = shop.time.start(shop.builder("node-2").register(patient));

    SagaOutcome outcome =
        other.coordinator().find(saga.id()).orElseThrow().await(Duration.ofMinutes(20));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenParkedSaga_whenCancelled_thenItWakesAndIsCompensated() {
    SagaHandle saga = startPatient();
    shop.time.advance(Duration.ofMinutes(5));

    saga.cancel("ann", "it takes too long");
    shop.time.advance(POLL);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("wait", "~wait");
  }

  @Test
  void givenCancelAtTheMomentOfParking_whenTheReleaseIsWritten_thenTheCommandIsNotLost() {
    boolean[] posted = {false};
    ForwardingStore racing =
        new ForwardingStore(shop.store) {
          @Override
          public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
            if (append.records().isEmpty() && !posted[0]) { // the release
              posted[0] = true;
              post(append.sagaId(), NewCommand.of(CommandKind.CANCEL, "ann", "just in time"));
            }
            return super.append(owner, append);
          }
        };
    VirtualNode its = shop.time.start(shop.builder("node-2", racing).register(patient));

    SagaHandle saga = its.coordinator().start(patient, "key", "input");
    shop.time.advance(POLL);

    assertThat(posted[0]).isTrue();
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenWaiterOfAParkedSaga_whenItEnds_thenTold() {
    CompletableFuture<SagaOutcome> completion = startPatient().completion().toCompletableFuture();

    shop.time.advance(Duration.ofMinutes(20));

    assertThat(completion).isCompletedWithValueMatching(SagaOutcome::isCompleted);
  }

  @Test
  void givenManySagasThatAreDue_whenMemoryIsLimited_thenNoMoreThanThatAtOnceAndAllComplete() {
    VirtualNode first = shop.node("node-3");
    int[] running = {0};
    int[] most = {0};
    shop.on("create", ctx -> shop.time.hang());
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sagas.add(first.coordinator().start(shop.placeOrder, "order-" + i, ORDER));
    }
    shop.time.settle();
    node.kill();
    first.kill();
    shop.on(
        "create",
        ctx -> {
          most[0] = Math.max(most[0], ++running[0]);
          shop.time.sleep(Duration.ofSeconds(1));
          running[0]--;
        });

    shop.time.start(shop.builder("node-3", store).maxSagasInMemory(3));
    shop.time.advance(Duration.ofMinutes(1));

    assertThat(sagas).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
    assertThat(most[0]).isEqualTo(3);
  }
}
