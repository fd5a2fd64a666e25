package io.sagaflow.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.UnrunnableSagas;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.testkit.VirtualNode;
import io.sagaflow.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The recipes of the page on versions: a saga of the old version is in flight, and a new comes. */
class VersionsTest {

  private final VirtualTime time = new VirtualTime();
  private final InMemorySagaStore store = new InMemorySagaStore();
  private final List<String> calls = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  static SagaDefinition<String> one(List<String> calls) {
    return SagaDefinition.named("place-order", String.class)
        .version(1)
        .step("reserve")
        .action(ctx -> calls.add("reserve"))
        .compensation(ctx -> calls.add("~reserve"))
        .step("charge")
        .action(ctx -> calls.add("charge"))
        .compensation(ctx -> calls.add("~charge"))
        .build();
  }

  static SagaDefinition<String> withOneStepMore(List<String> calls) {
    return SagaDefinition.named("place-order", String.class)
        .version(2)
        .step("reserve")
        .action(ctx -> calls.add("reserve"))
        .compensation(ctx -> calls.add("~reserve"))
        .step("charge")
        .action(ctx -> calls.add("charge"))
        .compensation(ctx -> calls.add("~charge"))
        .step("send-receipt")
        .action(ctx -> calls.add("send-receipt"))
        .withoutCompensation("a receipt can't be unsent")
        .build();
  }

  static SagaDefinition<String> withAnotherName(List<String> calls) {
    return SagaDefinition.named("place-order", String.class)
        .version(2)
        .step("reserve-stock") // was reserve
        .action(ctx -> calls.add("reserve-stock"))
        .compensation(ctx -> calls.add("~reserve-stock"))
        .step("charge")
        .action(ctx -> calls.add("charge"))
        .compensation(ctx -> calls.add("~charge"))
        .build();
  }

  static SagaDefinition<String> withOneStepLess(List<String> calls) {
    return SagaDefinition.named("place-order", String.class)
        .version(2)
        .step("charge")
        .action(ctx -> calls.add("charge"))
        .compensation(ctx -> calls.add("~charge"))
        .build();
  }

  /** Leaves a saga in its second step: its node dies there. */
  private SagaHandle leave() {
    List<String> dying =
        new ArrayList<>() {
          @Override
          public boolean add(String call) {
            if (call.equals("charge")) {
              hang();
            }
            return calls.add(call);
          }
        };
    SagaDefinition<String> old = one(dying);
    VirtualNode first = time.start(SagaCoordinator.builder().store(store).register(old));
    SagaHandle saga = first.coordinator().start(old, "old", "input");
    time.settle();
    first.kill();
    assertThat(calls).containsExactly("reserve");
    return saga;
  }

  private void hang() {
    try {
      time.hang();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private SagaHandle startBeside(SagaDefinition<String> old, SagaDefinition<String> fresh) {
    VirtualNode both = time.start(SagaCoordinator.builder().store(store).register(old, fresh));
    time.advance(Duration.ofMinutes(1));
    return both.coordinator().start(fresh, "new", "input");
  }

  @Test
  void givenAStepAddedAtTheEnd_whenBothAreRegistered_thenOldSagasEndWithoutIt() {
    SagaHandle old = leave();

    SagaHandle fresh = startBeside(one(calls), withOneStepMore(calls));

    assertThat(fresh.await(Duration.ofMinutes(1)).isCompleted()).isTrue();
    assertThat(old.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("reserve", "charge", "reserve", "charge", "send-receipt");
  }

  @Test
  void givenAStepRenamed_whenBothAreRegistered_thenEachSagaHasItsOwnName() {
    SagaHandle old = leave();

    SagaHandle fresh = startBeside(one(calls), withAnotherName(calls));

    assertThat(fresh.await(Duration.ofMinutes(1)).isCompleted()).isTrue();
    assertThat(old.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("reserve", "charge", "reserve-stock", "charge");
  }

  @Test
  void givenAStepRemoved_whenAnOldSagaTurnsBack_thenItIsCompensatedAllTheSame() {
    SagaHandle old = leave();
    old.cancel("ann", "changed her mind");

    SagaHandle fresh = startBeside(one(calls), withOneStepLess(calls));

    assertThat(fresh.await(Duration.ofMinutes(1)).isCompleted()).isTrue();
    assertThat(old.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("reserve", "~charge", "~reserve", "charge");
  }

  @Test
  void givenTheOldVersionGone_whenACoordinatorStarts_thenItNamesWhatItCannotRun() {
    leave();
    VirtualNode newer =
        time.start(SagaCoordinator.builder().store(store).register(withOneStepMore(calls)));
    SagaCoordinator coordinator = newer.coordinator();

    for (UnrunnableSagas sagas : coordinator.unrunnable()) {
      complain(sagas.definition() + " v" + sagas.version() + ": " + sagas.detail());
    }

    assertThat(complaints)
        .singleElement()
        .asString()
        .startsWith("place-order v1: 1 sagas of place-order v1 are in flight");
  }

  private void complain(String text) {
    complaints.add(text);
  }

  @Test
  void givenAForgottenVersion_whenTheOldStepsAreBackAndItIsRetried_thenItCompletes() {
    SagaHandle saga = leave();
    VirtualNode wrong =
        time.start(SagaCoordinator.builder().store(store).register(forgotten(calls)));
    time.advance(Duration.ofMinutes(1));
    assertThat(wrong.coordinator().find(saga.id()).orElseThrow().await(Duration.ZERO).reason())
        .hasValueSatisfying(
            reason ->
                assertThat(reason)
                    .contains("step reserve was renamed to reserve-stock, or replaced by it")
                    .contains("without a new version"));
    wrong.coordinator().close();

    VirtualNode right =
        time.start(
            SagaCoordinator.builder().store(store).register(one(calls), withAnotherName(calls)));
    SagaCoordinator coordinator = right.coordinator();
    coordinator.retry(saga.id(), "ann", "the old steps are back as version 1");
    time.advance(Duration.ofMinutes(1));

    assertThat(coordinator.find(saga.id()).orElseThrow().status()).isEqualTo(SagaStatus.COMPLETED);
  }

  private static SagaDefinition<String> forgotten(List<String> calls) {
    return SagaDefinition.named("place-order", String.class)
        .step("reserve-stock")
        .action(ctx -> calls.add("reserve-stock"))
        .compensation(ctx -> calls.add("~reserve-stock"))
        .step("charge")
        .action(ctx -> calls.add("charge"))
        .compensation(ctx -> calls.add("~charge"))
        .build();
  }
}
