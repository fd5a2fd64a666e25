package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The start of a child that stays without an answer while its parent turns back. */
class ChildStartTest {

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();
  private final LateStarts store = new LateStarts(shop.store);

  private final SagaDefinition<String> ship =
      SagaDefinition.named("ship", String.class)
          .step("pack")
          .action(ctx -> calls.add("pack"))
          .compensation(ctx -> calls.add("~pack"))
          .build();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .deadline(Duration.ofSeconds(2))
          .child("ship", ship, ctx -> ctx.input())
          .build();

  /** Keeps the starts of children until they are let go. */
  private static final class LateStarts extends ForwardingStore {

    private final List<Runnable> kept = new ArrayList<>();

    LateStarts(SagaStore store) {
      super(store);
    }

    @Override
    public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
      if (saga.first().actor() == null) {
        return super.start(owner, saga);
      }
      CompletableFuture<StartResult> answer = new CompletableFuture<>();
      kept.add(() -> super.start(owner, saga).thenAccept(answer::complete));
      return answer;
    }

    void letGo() {
      kept.forEach(Runnable::run);
    }
  }

  @Test
  void givenChildWhoseStartIsLate_whenItsParentTurnsBackMeanwhile_thenTheChildIsUndone() {
    VirtualNode node = start("node-1");
    SagaHandle parent = node.coordinator().start(order, "o-1", "42");

    shop.time.advance(Duration.ofMinutes(1)); // the deadline has passed long ago
    store.letGo();

    assertThat(parent.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    SagaHandle child = node.coordinator().find("ship", parent.id() + ":ship").orElseThrow();
    assertThat(child.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).endsWith("~pack");
  }

  @Test
  void givenChildWhoseStartIsLate_whenItsParentWaitsForLong_thenItStaysWithItsNode() {
    VirtualNode node = start("node-1");
    SagaHandle parent = node.coordinator().start(order, "o-1", "42");
    shop.time.advance(Duration.ofSeconds(1));
    start("node-2"); // which knows nothing of a child

    shop.time.advance(Duration.ofMinutes(1));

    assertThat(parent.status()).isEqualTo(SagaStatus.COMPENSATING);
    store.letGo();
    assertThat(parent.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).endsWith("~pack");
  }

  private VirtualNode start(String name) {
    return shop.time.start(
        shop.builder(name).store(store).register(order).parkAfter(Duration.ofMillis(100)));
  }
}
