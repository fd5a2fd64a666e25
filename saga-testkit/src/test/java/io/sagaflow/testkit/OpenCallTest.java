package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.ActionContext;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.VoidAction;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A coordinator that stops knows which calls are open, also after it lost its lease meanwhile:
 * whoever takes such a saga over must not take the call for one that never began. Otherwise an
 * at-most-once action is called twice.
 */
class OpenCallTest {

  private static final Duration BEAT = Duration.ofMillis(2_500);

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, VoidAction<String>> behaviours = new HashMap<>();

  private final SagaDefinition<String> pay =
      SagaDefinition.named("pay", String.class)
          .step("look")
          .action(ctx -> call("look", ctx))
          .readOnly()
          .timeout(Duration.ofHours(1))
          .step("charge")
          .action(ctx -> call("charge", ctx))
          .compensation(ctx -> calls.add("~charge"))
          .atMostOnce()
          .timeout(Duration.ofHours(1))
          .build();

  private void call(String name, ActionContext<String> context) throws Exception {
    calls.add(name);
    behaviours.getOrDefault(name, ctx -> {}).run(context);
  }

  private VirtualNode node(String name, SagaStore store) {
    SagaCoordinatorBuilder builder = shop.builder(name, store).register(pay);
    return shop.time.start(builder.interruptGrace(Duration.ofHours(1)));
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(pay, "key", "input");
  }

  private void assertChargedOnceAndCompensated(SagaHandle saga) {
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).filteredOn("charge"::equals).hasSize(1);
    assertThat(calls).endsWith("~charge");
  }

  @Test
  void givenCallOfALostLease_whenClosedBeforeJoiningAnew_thenTheCallIsKnownToBeOpen() {
    OutageStore store = new OutageStore(shop.store);
    behaviours.put("charge", ctx -> shop.time.hang());
    VirtualNode node1 = node("node-1", store);
    SagaHandle saga = start(node1);
    shop.time.settle();
    shop.store.evict(shop.idOf("node-1"));
    store.failJoins();
    shop.time.advance(BEAT); // it finds out, interrupts the call, and can't join anew

    node1.coordinator().close();
    node("node-2", shop.store);

    assertChargedOnceAndCompensated(saga);
  }

  @Test
  void givenOrphanThatWasClaimed_whenClosedBeforeAnythingIsAppended_thenTheDoubtGoesOn() {
    behaviours.put("charge", ctx -> shop.time.nodeOfCaller().kill());
    SagaHandle saga = start(node("node-1", shop.store));
    shop.time.settle();
    OutageStore store = new OutageStore(shop.store);
    store.stallWrites();
    VirtualNode again = node("node-1", store); // claims it, and has not said so in the journal

    again.coordinator().close();
    node("node-2", shop.store);

    assertChargedOnceAndCompensated(saga);
  }

  @Test
  void givenOldCallThatEndsBesideANewOne_whenClosed_thenTheNewOneIsKnownToBeOpen() {
    boolean[] oldMayEnd = {false};
    behaviours.put("look", ctx -> waitStubbornly(oldMayEnd));
    behaviours.put("charge", ctx -> shop.time.hang());
    VirtualNode node1 = node("node-1", shop.store);
    SagaHandle saga = start(node1);
    shop.time.settle();
    behaviours.put("look", ctx -> {});
    shop.store.evict(shop.idOf("node-1"));
    shop.time.advance(BEAT.multipliedBy(2)); // it joins anew, and claims its saga back
    assertThat(calls).containsExactly("look", "look", "charge");

    oldMayEnd[0] = true;
    shop.time.advance(Duration.ofSeconds(2));
    node1.coordinator().close();
    node("node-2", shop.store);

    assertChargedOnceAndCompensated(saga);
  }

  @Test
  void givenLeaseLostAtTheAppendOfAnOutcome_whenClosedLater_thenNothingIsLeftToWaitFor() {
    behaviours.put(
        "look",
        ctx -> {
          behaviours.clear();
          shop.store.evict(shop.idOf("node-1"));
        });
    VirtualNode node1 = node("node-1", shop.store);
    SagaHandle saga = start(node1);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    Instant before = shop.time.now();

    node1.coordinator().close();

    assertThat(shop.time.now()).isEqualTo(before);
  }

  @Test
  void givenLeaseLostWhileAnAppendWaits_whenClosedLater_thenNothingIsLeftToWaitFor() {
    OutageStore store = new OutageStore(shop.store);
    behaviours.put("look", ctx -> store.stallWrites());
    VirtualNode node1 = node("node-1", store);
    SagaHandle saga = start(node1);
    shop.time.settle();
    behaviours.put("look", ctx -> {});
    shop.store.evict(shop.idOf("node-1"));
    shop.time.advance(BEAT);
    store.comeBack();
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    Instant before = shop.time.now();

    node1.coordinator().close();

    assertThat(shop.time.now()).isEqualTo(before);
  }

  private void waitStubbornly(boolean[] mayEnd) {
    while (!mayEnd[0]) {
      try {
        shop.time.sleep(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        // ignored: that is what this is about
      }
    }
  }
}
