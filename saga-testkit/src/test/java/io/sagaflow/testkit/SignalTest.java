package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StoredSaga;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals and sleeps, in virtual time. */
class SignalTest {

  record Paid(String reference) {}

  private static final StepKey<Paid> PAID = StepKey.of("paid", Paid.class);
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTime time = new VirtualTime();
  private final InMemorySagaStore store = new InMemorySagaStore();
  private final List<String> calls = new ArrayList<>();
  private boolean broken;

  /** Reserve, wait for the payment, ship, which is the pivot. */
  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step("reserve")
          .action(ctx -> call("reserve"))
          .compensation(ctx -> calls.add("~reserve"))
          .awaitSignal(PAID, Duration.ofDays(3))
          .step("ship")
          .action(ctx -> call("ship " + ctx.result(PAID).reference()))
          .pivot()
          .build();

  private final SagaDefinition<String> reminder =
      SagaDefinition.named("reminder", String.class)
          .sleep("wait", HOUR)
          .step("remind")
          .action(ctx -> call("remind"))
          .pivot()
          .sleep("wait-again", Duration.ofSeconds(10))
          .step("remind-again")
          .action(ctx -> call("remind-again"))
          .build();

  private void call(String name) {
    if (broken) {
      throw new IllegalStateException("no answer");
    }
    calls.add(name);
  }

  private SagaCoordinatorBuilder builder(String name) {
    return SagaCoordinator.builder().store(store).nodeName(name).register(order).register(reminder);
  }

  private VirtualNode node(String name) {
    return time.start(builder(name));
  }

  private SagaHandle start(VirtualNode node) {
    SagaHandle saga = node.coordinator().start(order, "42", "input");
    time.settle();
    return saga;
  }

  private static List<String> kinds(SagaHandle saga) {
    return saga.history().stream().map(Shop::kind).toList();
  }

  private static List<String> refusals(SagaHandle saga) {
    return saga.history().stream()
        .filter(event -> event.kind() == RecordKind.COMMAND_REFUSED)
        .map(event -> event.detail().orElse(""))
        .toList();
  }

  @Test
  void givenSagaThatWaits_whenTheSignalComes_thenItGoesOnAtOnceWithItsValue() {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);
    time.advance(Duration.ofHours(30));

    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"));
    time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("reserve", "ship p-1");
    assertThat(kinds(saga)).containsSubsequence("SIGNAL_RECEIVED paid", "STEP_COMPLETED paid");
    assertThat(saga.await(HOUR).result(PAID)).contains(new Paid("p-1"));
  }

  @Test
  void givenSagaThatHasNotComeThere_whenTheSignalComes_thenItIsKeptForItsTurn() {
    broken = true;
    VirtualNode node = node("node-1");
    SagaDefinition<String> patient =
        SagaDefinition.named("patient", String.class)
            .step("reserve")
            .action(ctx -> call("reserve"))
            .readOnly()
            .retry(RetryPolicy.fixed(HOUR))
            .awaitSignal(PAID)
            .build();
    VirtualNode its = time.start(builder("node-2").register(patient));
    SagaHandle saga = its.coordinator().start(patient, "42", "input");
    time.settle();

    node.coordinator().signal("patient", "42", PAID, new Paid("p-1"));
    time.advance(Duration.ofMinutes(1));
    assertThat(kinds(saga)).contains("SIGNAL_RECEIVED paid");
    broken = false;
    time.advance(HOUR);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(saga.await(HOUR).result(PAID)).contains(new Paid("p-1"));
  }

  @Test
  void givenNoSignal_whenItsTimePasses_thenTheSagaIsCompensated() {
    SagaHandle saga = start(node("node-1"));

    time.advance(Duration.ofDays(3).minusSeconds(1));
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
    time.advance(Duration.ofSeconds(2));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(saga.await(HOUR).reason())
        .contains("Step paid was rejected: No signal came within PT72H.");
    assertThat(calls).containsExactly("reserve", "~reserve");
  }

  /** The clock of the wait runs in the journal, and not in a process. */
  @Test
  void givenCrashes_whenTheSagaWaits_thenItsTimeoutIsNotSetBack() {
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.advance(Duration.ofDays(2));
    first.kill();
    time.advance(Duration.ofHours(12));
    VirtualNode second = node("node-1");

    time.advance(Duration.ofHours(12).plusSeconds(1));

    assertThat(second.coordinator().find(saga.id()).orElseThrow().status())
        .isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenSagaThatWaits_whenNobodyAsks_thenItLeavesMemoryAndAnyNodeMayTakeTheSignal() {
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.advance(Duration.ofMinutes(1));
    first.kill(); // without it losing anything: the saga isn't there
    VirtualNode second = node("node-2");

    second.coordinator().signal(saga.id(), PAID, new Paid("p-1"));
    time.settle();

    SagaHandle seen = second.coordinator().find(saga.id()).orElseThrow();
    assertThat(seen.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(kinds(seen)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenSignalFromAnotherNode_whenTheOwnerIsBusy_thenItLearnsByItsPoll() {
    VirtualNode owner = node("node-1");
    VirtualNode other = node("node-2");
    SagaHandle saga = start(owner);

    other.coordinator().signal("order", "42", PAID, new Paid("p-1"), "psp-17");
    time.advance(Duration.ofSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSignal_whenItIsRepeated_thenNothingIsSaidNotEvenAfterTheEnd() {
    VirtualNode node = node("node-1");
    SagaHandle saga = node.coordinator().start(order, "42", "input"); // no time to go anywhere
    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();
    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(kinds(saga)).containsOnlyOnce("SIGNAL_RECEIVED paid");
    assertThat(refusals(saga)).isEmpty();
  }

  /** The first was consumed long before the second comes: only the journal knows it. */
  @Test
  void givenSignalThatWasTaken_whenItIsRepeated_thenNothingIsSaid() {
    SagaDefinition<String> two =
        SagaDefinition.named("two", String.class)
            .awaitSignal(PAID)
            .awaitSignal(StepKey.of("shipped", Paid.class))
            .build();
    VirtualNode node = time.start(builder("node-2").register(two));
    SagaHandle saga = node.coordinator().start(two, "42", "input");
    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();
    List<String> before = kinds(saga);

    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();

    assertThat(kinds(saga)).isEqualTo(before).endsWith("STEP_COMPLETED paid");
  }

  @Test
  void givenSignal_whenAnotherOneComes_thenTheFirstCountsAndTheJournalSaysSo() {
    VirtualNode node = node("node-1");
    SagaHandle saga = node.coordinator().start(order, "42", "input"); // no time to go anywhere

    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    node.coordinator().signal(saga.id(), PAID, new Paid("p-2"), "psp-18");
    time.settle();

    assertThat(calls).contains("ship p-1");
    assertThat(refusals(saga))
        .containsExactly("Signal paid has come already, with id psp-17: psp-18");
  }

  @Test
  void givenEndedSaga_whenAnotherSignalComes_thenThatIsRefusedAtTheCall() {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);
    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();

    assertThatThrownBy(() -> node.coordinator().signal(saga.id(), PAID, new Paid("p-2")))
        .isInstanceOf(SagaEndedException.class)
        .hasMessage("Signal paid came too late: saga " + saga.id() + " is COMPLETED.");
  }

  @Test
  void givenStuckSaga_whenTheSignalComes_thenItIsThereWhenTheSagaIsSentOn() {
    SagaDefinition<String> leaky =
        SagaDefinition.named("leaky", String.class)
            .step("first")
            .action(ctx -> call("first"))
            .pivot()
            .retry(RetryPolicy.none())
            .awaitSignal(PAID)
            .build();
    VirtualNode its = time.start(builder("node-2").register(leaky));
    broken = true;
    SagaHandle saga = its.coordinator().start(leaky, "42", "input");
    time.settle();
    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);

    its.coordinator().signal(saga.id(), PAID, new Paid("p-1"));
    time.settle();
    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(kinds(saga)).endsWith("SIGNAL_RECEIVED paid");
    broken = false;
    its.coordinator().retry(saga.id(), "ann", "mended");
    time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  /** Whoever sent it was told that it is durable. */
  @Test
  void givenSagaThatCannotBeRead_whenTheSignalComes_thenItIsKeptInItsJournal() {
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.advance(Duration.ofMinutes(1));
    first.coordinator().close();
    SagaDefinition<String> changed =
        SagaDefinition.named("order", String.class)
            .step("other")
            .action(ctx -> call("other"))
            .readOnly()
            .awaitSignal(PAID)
            .build();
    VirtualNode second =
        time.start(SagaCoordinator.builder().store(store).nodeName("node-2").register(changed));
    second.coordinator().signal(saga.id(), PAID, new Paid("p-1"), "psp-17");
    time.settle();
    assertThat(store.load(saga.id()).map(StoredSaga::status)).contains(SagaStatus.STUCK);
    second.coordinator().close();

    VirtualNode third = node("node-3");
    third.coordinator().retry(saga.id(), "ann", "the old steps are back");
    time.settle();

    assertThat(store.load(saga.id()).map(StoredSaga::status)).contains(SagaStatus.COMPLETED);
    assertThat(calls).contains("ship p-1");
  }

  @Test
  void givenSagaThatWaits_whenCancelled_thenItIsCompensatedAtOnce() {
    SagaHandle saga = start(node("node-1"));

    saga.cancel("ann", "changed my mind");
    time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("reserve", "~reserve");
  }

  @Test
  void givenSagaThatWaits_whenItsStepIsMarkedDone_thenItGoesOn() {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);

    node.coordinator().operator("ann", "paid in cash").markDone(saga.id(), PAID, new Paid("cash"));
    time.settle();

    assertThat(calls).contains("ship cash");
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenParallelBranch_whenItsSignalComesDuringACallOfTheOther_thenItGoesOnBesideIt() {
    SagaDefinition<String> both =
        SagaDefinition.named("both", String.class)
            .parallel(
                one ->
                    one.step("long")
                        .action(
                            ctx -> {
                              time.sleep(HOUR.dividedBy(2));
                              call("long");
                            })
                        .readOnly()
                        .timeout(HOUR),
                two -> two.awaitSignal(PAID).step("quick").action(ctx -> call("quick")).readOnly())
            .build();
    VirtualNode node = time.start(builder("node-1").register(both));
    SagaHandle saga = node.coordinator().start(both, "42", "input");
    time.advance(Duration.ofSeconds(10));

    node.coordinator().signal(saga.id(), PAID, new Paid("p-1"));
    time.advance(Duration.ofSeconds(1));
    assertThat(calls).containsExactly("quick");
    time.advance(HOUR);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("quick", "long");
  }

  @Test
  void givenSleep_whenItsTimePasses_thenTheSagaGoesOn() {
    SagaHandle saga = node("node-1").coordinator().start(reminder, "42", "input");

    time.advance(HOUR.minusSeconds(1));
    assertThat(calls).isEmpty();
    time.advance(Duration.ofSeconds(2));
    assertThat(calls).containsExactly("remind");
    time.advance(Duration.ofSeconds(10));

    assertThat(calls).containsExactly("remind", "remind-again");
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSleep_whenTheNodeDies_thenAnotherOneWakesItInTime() {
    VirtualNode first = node("node-1");
    SagaHandle saga = first.coordinator().start(reminder, "42", "input");
    time.settle();
    first.kill();
    VirtualNode second = node("node-2");

    time.advance(HOUR.plusSeconds(12));

    assertThat(calls).containsExactly("remind", "remind-again");
    assertThat(second.coordinator().find(saga.id()).orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSleepingSaga_whenMarkedDone_thenItWakesUp() {
    VirtualNode node = node("node-1");
    SagaHandle saga = node.coordinator().start(reminder, "42", "input");
    time.settle();

    node.coordinator().operator("ann", "now").markDone(saga.id(), "wait");
    time.settle();

    assertThat(calls).containsExactly("remind");
  }

  @Test
  void givenWrongSignal_whenSent_thenRefusedAtTheCall() {
    VirtualNode node = node("node-1");
    SagaCoordinator coordinator = node.coordinator();
    SagaHandle saga = start(node);
    SagaId unknown = new SagaId(UUID.randomUUID());

    assertThatThrownBy(() -> coordinator.signal(unknown, PAID, new Paid("p")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(unknown.toString());
    assertThatThrownBy(() -> coordinator.signal("order", "43", PAID, new Paid("p")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The store has no saga of definition 'order' with business key '43'.");
    assertThatThrownBy(
            () -> coordinator.signal(saga.id(), StepKey.of("payed", Paid.class), new Paid("p")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no step 'payed'");
    assertThatThrownBy(() -> coordinator.signal(saga.id(), StepKey.of("paid", String.class), "p"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("paid", "java.lang.String");
    assertThatThrownBy(() -> coordinator.signal("reminder-of-nobody", "42", PAID, new Paid("p")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> coordinator.signal(saga.id(), PAID, null)).hasMessage("value");
    assertThatThrownBy(() -> coordinator.signal(saga.id(), PAID, new Paid("x".repeat(2 << 20))))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("maxPayloadBytes");
    assertThat(refusals(saga)).isEmpty();
  }

  @Test
  void givenStepWithAnAction_whenASignalIsSentForIt_thenRefusedAtTheCall() {
    VirtualNode node = node("node-1");
    SagaHandle saga = node.coordinator().start(reminder, "42", "input");

    assertThatThrownBy(
            () -> node.coordinator().signal(saga.id(), StepKey.of("remind", Void.class), null))
        .hasMessage("value");
    SagaDefinition<String> other =
        SagaDefinition.named("other", String.class)
            .step(PAID)
            .action(ctx -> new Paid("p"))
            .readOnly()
            .sleep("wait", HOUR)
            .build();
    VirtualNode its = time.start(builder("node-2").register(other));
    SagaHandle second = its.coordinator().start(other, "42", "input");
    assertThatThrownBy(() -> its.coordinator().signal(second.id(), PAID, new Paid("p")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Step 'paid' of definition other v1 waits for no signal.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void givenIdOfAnotherForm_whenASignalIsSent_thenRefused(String id) {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);

    assertThatThrownBy(() -> node.coordinator().signal(saga.id(), PAID, new Paid("p"), id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("signalId");
  }

  @Test
  void givenClosedCoordinator_whenASignalIsSent_thenRefused() {
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);
    node.coordinator().close();

    assertThatThrownBy(() -> node.coordinator().signal(saga.id(), PAID, new Paid("p")))
        .isInstanceOf(CoordinatorClosedException.class);
    assertThatThrownBy(() -> node.coordinator().signal("order", "42", PAID, new Paid("p")))
        .isInstanceOf(CoordinatorClosedException.class);
  }

  /** A node that hasn't registered the definition can't look; the owner does. */
  @Test
  void givenNodeWithoutTheDefinition_whenItSendsASignal_thenTheOwnerTakesOrRefusesIt() {
    VirtualNode owner = node("node-1");
    SagaHandle saga = start(owner);
    SagaCoordinator gateway =
        time.start(SagaCoordinator.builder().store(store).nodeName("gateway").register(only()))
            .coordinator();

    gateway.signal(saga.id(), StepKey.of("unheard-of", Paid.class), new Paid("p"));
    store.post(
        saga.id(),
        NewCommand.of(CommandKind.SIGNAL, "gateway", "signal")
            .withStep("paid")
            .withPayload(Payload.ofText("no JSON"))
            .withCommandId("1"));
    time.advance(Duration.ofSeconds(1));
    gateway.signal(saga.id(), PAID, new Paid("p-1"));
    time.advance(Duration.ofSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(refusals(saga))
        .containsExactly(
            "Definition order v1 waits for no signal unheard-of.",
            "Its value can't be read as a " + Paid.class.getName() + ".");
  }

  private static SagaDefinition<String> only() {
    return SagaDefinition.named("only", String.class)
        .step("a")
        .action(
            ctx -> {
              throw new StepRejectedException("never started");
            })
        .readOnly()
        .build();
  }

  @Test
  void givenPauses_whenTheDefinitionIsRead_thenTheyAreThere() {
    assertThat(order.steps().get(1).pause().flatMap(pause -> pause.time()))
        .contains(Duration.ofDays(3));
    assertThat(order.steps().get(0).pause()).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> order.steps().get(1).action().run(null))
        .isInstanceOf(RuntimeException.class);
  }
}
