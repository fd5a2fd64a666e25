package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A step that runs another saga and waits for its end, and has it undone. */
class ChildTest {

  private static final StepKey<String> PACK = StepKey.of("pack", String.class);

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();
  private final Set<String> effects = new HashSet<>();
  private final Map<String, Runnable> during = new HashMap<>();

  private final SagaDefinition<String> ship =
      SagaDefinition.named("ship", String.class)
          .step(PACK)
          .action(
              ctx -> {
                call("pack", ctx);
                return "parcel of " + ctx.input();
              })
          .compensation(ctx -> undo("pack"))
          .retry(RetryPolicy.none())
          .step("hand-over")
          .action(ctx -> call("hand-over", ctx))
          .compensation(ctx -> undo("hand-over"))
          .retry(RetryPolicy.fixed(Duration.ofSeconds(1)))
          .build();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step("reserve")
          .action(ctx -> call("reserve", ctx))
          .compensation(ctx -> undo("reserve"))
          .child("ship", ship, PACK, ctx -> "order " + ctx.input())
          .step("charge")
          .action(ctx -> call("charge for " + ctx.result(StepKey.of("ship", String.class)), ctx))
          .compensation(ctx -> undo("charge"))
          .retry(RetryPolicy.none())
          .build();

  private void call(String name, StepContext<String> context) {
    calls.add(name);
    during.getOrDefault(context.step(), () -> {}).run();
    effects.add(context.step());
  }

  private void undo(String step) {
    calls.add("~" + step);
    effects.remove(step);
  }

  private static void reject() {
    throw new StepRejectedException("no");
  }

  private VirtualNode node(String name) {
    return shop.time.start(shop.builder(name).register(order));
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(order, "o-1", "42");
  }

  private SagaHandle run() {
    SagaHandle saga = start(node("node-1"));
    saga.await(SOON);
    return saga;
  }

  private SagaHandle child(VirtualNode node, SagaHandle parent) {
    return node.coordinator().find("ship", parent.id() + ":ship").orElseThrow();
  }

  @Test
  void givenAChild_whenItCompletes_thenItsParentGoesOnWithItsResult() {
    SagaHandle saga = run();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls)
        .containsExactly("reserve", "pack", "hand-over", "charge for parcel of order 42");
  }

  @Test
  void givenAChild_whenItEnds_thenItsParentIsToldAtOnce() {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);

    shop.time.advance(Duration.ofMillis(500)); // less than the shortest rest

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenAChildThatIsCompensated_whenItEnds_thenTheStepIsRejectedAndTheParentTurnsBack() {
    during.put("hand-over", ChildTest::reject);

    SagaHandle saga = run();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("reserve", "pack", "hand-over", "~pack", "~reserve");
    assertThat(Shop.kinds(saga)).contains("STEP_REJECTED ship");
  }

  @Test
  void givenAChildThatHasCompleted_whenItsParentTurnsBack_thenItIsCompensatedAsAWhole() {
    during.put("charge", ChildTest::reject);
    VirtualNode node = node("node-1");

    SagaHandle saga = start(node);
    saga.await(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(effects).isEmpty();
    assertThat(calls)
        .containsExactly(
            "reserve",
            "pack",
            "hand-over",
            "charge for parcel of order 42",
            "~hand-over",
            "~pack",
            "~reserve");
    assertThat(child(node, saga).status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenAChildThatRuns_whenItsParentIsCancelled_thenItIsCancelledToo() {
    VirtualNode node = node("node-1");
    during.put("hand-over", ChildTest::failForNow);
    SagaHandle saga = start(node);
    shop.time.settle();

    saga.cancel("ann", "changed my mind");
    saga.await(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(effects).isEmpty();
    assertThat(child(node, saga).status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  private static void failForNow() {
    throw new IllegalStateException("not today");
  }

  @Test
  void givenAStuckChild_whenItsOperatorSendsItOn_thenItsParentFollows() {
    SagaDefinition<String> stuck =
        SagaDefinition.named("stuck", String.class)
            .child("deliver", delivery(), ctx -> ctx.input())
            .pivot()
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(stuck));
    during.put("deliver", ChildTest::failForNow);
    SagaHandle saga = node.coordinator().start(stuck, "s-1", "42");
    shop.time.advance(Duration.ofMinutes(1));
    SagaHandle child = node.coordinator().find("delivery", saga.id() + ":deliver").orElseThrow();
    SagaStatus before = child.status();
    SagaStatus parentBefore = saga.status();
    during.clear();

    node.coordinator().retry(child.id(), "ann", "today");
    saga.await(SOON);

    assertThat(before).isEqualTo(SagaStatus.STUCK);
    assertThat(parentBefore).isEqualTo(SagaStatus.RUNNING);
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  private SagaDefinition<String> delivery() {
    return SagaDefinition.named("delivery", String.class)
        .step("deliver")
        .action(ctx -> call("deliver", ctx))
        .pivot()
        .retry(RetryPolicy.none())
        .build();
  }

  @Test
  void givenAParentWhoseNodeDies_whenItIsTakenOver_thenTheSameChildIsWaitedFor() {
    VirtualNode first = node("node-1");
    during.put("pack", first::kill);
    SagaHandle saga = start(first);
    shop.time.settle();
    during.clear();

    VirtualNode second = node("node-2");
    shop.time.advance(Duration.ofMinutes(5));

    assertThat(second.coordinator().find(saga.id()).orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls)
        .containsExactly("reserve", "pack", "pack", "hand-over", "charge for parcel of order 42");
  }

  @Test
  void givenAChildOfAChild_whenTheOutermostTurnsBack_thenAllIsUndone() {
    SagaDefinition<String> outer =
        SagaDefinition.named("outer", String.class)
            .child("order", order, ctx -> ctx.input())
            .step("pay")
            .action(
                ctx -> {
                  throw new StepRejectedException("no money");
                })
            .compensation(ctx -> {})
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(outer));

    SagaHandle saga = node.coordinator().start(outer, "o-1", "42");
    saga.await(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(effects).isEmpty();
    assertThat(calls).endsWith("~charge", "~hand-over", "~pack", "~reserve");
  }

  @Test
  void givenACompletedChildToBeReversed_whenTakenOverTooOften_thenItIsReversedAllTheSame() {
    during.put("charge", ChildTest::reject);
    SagaStore store = new OftenTakenOver(shop.store);
    VirtualNode node = shop.time.start(shop.builder("node-1", store).register(order));

    SagaHandle saga = start(node);
    saga.await(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(child(node, saga).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(effects).isEmpty();
  }

  /** Says that others died of the ended sagas that it hands out. */
  private static final class OftenTakenOver extends ForwardingStore {
    OftenTakenOver(SagaStore store) {
      super(store);
    }

    @Override
    public List<ClaimedSaga> claim(
        NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
      return super.claim(owner, definitions, now, limit).stream()
          .map(OftenTakenOver::often)
          .toList();
    }

    private static ClaimedSaga often(ClaimedSaga claimed) {
      return claimed.saga().status().isTerminal()
          ? new ClaimedSaga(claimed.saga(), claimed.orphaned(), 26, claimed.commands())
          : claimed;
    }
  }
}
