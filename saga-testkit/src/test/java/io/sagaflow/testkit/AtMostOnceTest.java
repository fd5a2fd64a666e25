package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.SagaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The action of an at-most-once step is never called twice, whatever crashes. */
class AtMostOnceTest {

  /** Start; look, and charge announced; charge; thank, and the end. */
  private static final int WRITES = 4;

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();
  private final Set<String> effects = new TreeSet<>();
  private Runnable beforeEffect = () -> {};
  private Runnable afterEffect = () -> {};

  private final SagaDefinition<String> pay =
      SagaDefinition.named("pay", String.class)
          .step("look")
          .action(ctx -> calls.add("look"))
          .readOnly()
          .step("charge")
          .action(
              ctx -> {
                calls.add("charge");
                beforeEffect.run();
                effects.add("charge");
                afterEffect.run();
              })
          .compensation(
              ctx -> {
                calls.add("~charge");
                effects.remove("charge");
              })
          .atMostOnce()
          .step("thank")
          .action(ctx -> calls.add("thank"))
          .pivot()
          .build();

  record CrashPoint(int write, boolean written) {}

  static Stream<CrashPoint> crashPoints() {
    return IntStream.rangeClosed(1, WRITES)
        .boxed()
        .flatMap(write -> Stream.of(new CrashPoint(write, false), new CrashPoint(write, true)));
  }

  private VirtualNode node(String name, SagaStore store) {
    return shop.time.start(shop.builder(name, store).register(pay));
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(pay, "key", "input");
  }

  @Test
  void givenNoTrouble_whenRun_thenTheActionIsAnnouncedBeforeItIsCalled() {
    CrashingStore store = new CrashingStore(shop.store, 0, false);
    List<String> announced = new ArrayList<>();
    VirtualNode node = node("node-1", store);
    beforeEffect = () -> announced.addAll(kinds(node));

    SagaHandle saga = start(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(announced).endsWith("STEP_STARTED charge");
    assertThat(store.writes()).isEqualTo(WRITES);
  }

  private List<String> kinds(VirtualNode node) {
    return Shop.kinds(node.coordinator().find("pay", "key").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenCrashInTheAction_whenAnotherNodeTakesOver_thenUnknownAndCompensated(boolean after) {
    VirtualNode node1 = node("node-1", shop.store);
    VirtualNode node2 = node("node-2", shop.store);
    if (after) {
      afterEffect = node1::kill;
    } else {
      beforeEffect = node1::kill;
    }
    SagaHandle started = start(node1);
    shop.time.settle();

    SagaOutcome outcome = node2.coordinator().find(started.id()).orElseThrow().await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason().orElseThrow())
        .contains("charge", "unknown outcome", "may have run");
    assertThat(kinds(node2))
        .containsSubsequence("STEP_STARTED charge", "SAGA_RESUMED", "STEP_UNKNOWN charge");
    assertThat(calls).containsExactly("look", "charge", "~charge");
    assertThat(effects).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("crashPoints")
  void givenCrashAtAWrite_whenAnotherNodeTakesOver_thenCalledAtMostOnceAndNothingIsLeftOpen(
      CrashPoint point) {
    CrashingStore store = new CrashingStore(shop.store, point.write(), point.written());
    VirtualNode node1 = node("node-1", store);
    VirtualNode node2 = node("node-2", shop.store);
    store.kills(node1);

    startIgnoringTheCrash(node1);
    shop.time.settle();
    SagaOutcome outcome = start(node2).await(SOON);

    assertThat(store.hasCrashed()).isTrue();
    assertThat(calls).filteredOn("charge"::equals).hasSizeLessThanOrEqualTo(1);
    assertThat(outcome.status()).isIn(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    assertThat(effects).hasSize(outcome.isCompleted() ? 1 : 0);
  }

  private void startIgnoringTheCrash(VirtualNode node) {
    try {
      start(node);
    } catch (SagaStoreException e) {
      assertThat(e).hasMessageContaining("repeat it");
    }
  }

  @Test
  void givenFailure_whenTheActionThrows_thenItIsNotTriedAgain() {
    afterEffect =
        () -> {
          throw new IllegalStateException("connection reset");
        };

    SagaOutcome outcome = start(node("node-1", shop.store)).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "charge", "~charge");
  }

  @Test
  void givenCloseBetweenTheAnnouncementAndTheCall_whenResumed_thenItIsCalledForTheFirstTime() {
    List<Runnable> queued = new ArrayList<>();
    VirtualNode node1 =
        shop.start(
            shop.builder("node-1").register(pay),
            real -> Environments.withActions(real, queued::add));
    SagaHandle saga = start(node1);
    shop.time.settle();
    queued.get(0).run(); // look
    shop.time.settle();
    List<String> journal = Shop.kinds(saga);
    node1.coordinator().close();
    queued.get(1).run(); // charge, too late

    node("node-2", shop.store);

    assertThat(journal).endsWith("STEP_STARTED charge");
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("look", "charge", "thank");
  }
}
