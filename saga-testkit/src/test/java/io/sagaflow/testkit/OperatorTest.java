package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOperator;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an operator asks of sagas, on a coordinator that runs. */
class OperatorTest {

  private final Shop shop = new Shop();
  private final VirtualNode node = shop.node("node-1");
  private final SagaOperator ann = node.coordinator().operator("ann", "the bank says so");

  /** The participant doesn't answer. */
  private void breaks(String call) {
    shop.on(
        call,
        ctx -> {
          throw new IllegalStateException("no answer");
        });
  }

  private SagaHandle stuckOn(String call) {
    breaks(call);
    SagaHandle saga = shop.start(node);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
    return saga;
  }

  /** Stuck on the compensation of the charge, since the pivot was rejected. */
  private SagaHandle stuckBackward() {
    shop.on(
        "confirm",
        ctx -> {
          throw new Shop.Declined();
        });
    return stuckOn("~charge");
  }

  private SagaOutcome end(SagaHandle saga) {
    shop.time.settle();
    return saga.await(SOON);
  }

  private static List<String> refusals(SagaHandle saga) {
    return saga.history().stream()
        .filter(event -> event.kind() == RecordKind.COMMAND_REFUSED)
        .map(event -> event.detail().orElse(""))
        .toList();
  }

  @Test
  void givenStuckPivot_whenMarkedDone_thenTheSagaCompletesWithoutCallingIt() {
    SagaHandle saga = stuckOn("confirm");
    int calls = shop.calls.size();

    ann.markDone(saga.id(), "confirm");

    assertThat(end(saga).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls.subList(calls, shop.calls.size())).containsExactly("receipt");
    assertThat(saga.history())
        .filteredOn(event -> event.kind() == RecordKind.STEP_MARKED_DONE)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.step()).contains("confirm");
              assertThat(event.by()).contains("ann");
              assertThat(event.detail()).contains("the bank says so");
            });
  }

  @Test
  void givenActionThatIsTriedAgain_whenMarkedDoneWithAResult_thenLaterStepsReadIt() {
    SagaDefinition<Shop.Order> patient =
        shop.define("patient", RetryPolicy.fixed(Duration.ofMinutes(4)));
    VirtualNode its = shop.time.start(shop.builder("node-2").register(patient));
    breaks("reserve");
    SagaHandle saga = its.coordinator().start(patient, "key", Shop.ORDER);
    shop.time.settle();

    its.coordinator()
        .operator("ann", "reserved by telephone")
        .markDone(saga.id(), Shop.RESERVE, new Shop.Reservation("by-hand"));
    shop.time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED); // long before the next attempt
    assertThat(saga.await(SOON).result(Shop.CHARGE)).contains(new Shop.Payment("p-by-hand"));
    assertThat(shop.calls).containsOnlyOnce("reserve");
  }

  @Test
  void givenRunningCall_whenItsStepIsMarkedDone_thenThatWaitsForItsEnd() {
    shop.on("confirm", ctx -> shop.time.sleep(Duration.ofSeconds(5)));
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    ann.markDone(saga.id(), "confirm");
    shop.time.advance(Duration.ofSeconds(1));
    assertThat(Shop.kinds(saga)).doesNotContain("STEP_MARKED_DONE confirm", "COMMAND_REFUSED");

    assertThat(end(saga).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(refusals(saga)).containsExactly("Step confirm is COMPLETED already.");
  }

  @Test
  void givenStuckPivot_whenMarkedNotDone_thenTheSagaIsCompensated() {
    SagaHandle saga = stuckOn("confirm");

    ann.markNotDone(saga.id(), "confirm");

    assertThat(end(saga).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.effects).isEmpty();
    assertThat(shop.calls).doesNotContain("~confirm", "receipt");
  }

  @Test
  void givenStuckCompensation_whenSkipped_thenTheStepsBeforeItAreCompensated() {
    SagaHandle saga = stuckBackward();

    ann.skipCompensation(saga.id(), "charge");

    assertThat(end(saga).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.effects).containsExactly("charge"); // as the operator knows
    assertThat(Shop.kinds(saga)).contains("COMPENSATION_SKIPPED charge");
  }

  @Test
  void givenStuckCompensation_whenForcedForward_thenItsActionRunsAgainAndTheSagaCompletes() {
    SagaHandle saga = stuckBackward();
    shop.on("confirm", ctx -> {});
    int calls = shop.calls.size();

    shop.time.advance(Duration.ofHours(1)); // far beyond its deadline
    ann.forceForward(saga.id());

    SagaOutcome outcome = end(saga);
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(outcome.reason()).isEmpty();
    assertThat(shop.calls.subList(calls, shop.calls.size()))
        .containsExactly("charge", "confirm", "receipt");
  }

  @Test
  void givenLeakedCall_whenItsSagaIsAborted_thenItIsCompensated() {
    shop.on(
        "reserve",
        ctx -> {
          while (true) {
            try {
              shop.time.hang();
            } catch (InterruptedException e) {
              // that is what this is about
            }
          }
        });
    SagaHandle saga = shop.start(node);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
    node.kill(); // first the process, so that nothing runs beside the compensation
    VirtualNode second = shop.node("node-2");

    second.coordinator().operator("ann", "give it up").abort(saga.id());
    shop.time.settle();

    SagaOutcome outcome = shop.find(second).await(SOON);
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason()).contains("Aborted by ann: give it up");
  }

  /** As by cancel: the abort doesn't wait for the call's own end. */
  @Test
  void givenRunningCall_whenItsSagaIsAborted_thenItIsInterrupted() {
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    ann.abort(saga.id());
    shop.time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  /**
   * Being stuck waits for the other branch's call. Were the step done by then, the record that says
   * on what the saga is stuck would fit no more.
   */
  @Test
  void givenLeakedCallBesideARunningOne_whenItsStepIsMarkedDone_thenThatWaitsUntilTheSagaIsStuck() {
    boolean[] over = {false};
    SagaDefinition<Shop.Order> both =
        SagaDefinition.named("both", Shop.Order.class)
            .parallel(
                one ->
                    one.step("leaky")
                        .action(ctx -> shop.call("leaky", ctx))
                        .readOnly()
                        .timeout(Duration.ofSeconds(1)),
                two ->
                    two.step("long")
                        .action(ctx -> shop.call("long", ctx))
                        .readOnly()
                        .timeout(Duration.ofHours(1)))
            .step("last")
            .action(ctx -> shop.call("last", ctx))
            .pivot()
            .build();
    shop.on(
        "leaky",
        ctx -> {
          while (!over[0]) {
            try {
              shop.time.sleep(Duration.ofHours(2));
              over[0] = true;
            } catch (InterruptedException e) {
              // that is what this is about
            }
          }
        });
    shop.on("long", ctx -> shop.time.sleep(Duration.ofMinutes(10)));
    VirtualNode its = shop.time.start(shop.builder("node-2").register(both));
    SagaHandle saga = its.coordinator().start(both, "key", Shop.ORDER);
    shop.time.advance(Duration.ofMinutes(5)); // leaked by now, and the other one goes on

    its.coordinator().operator("ann", "it is done").markDone(saga.id(), "leaky");
    shop.time.advance(Duration.ofMinutes(1));
    assertThat(Shop.kinds(saga)).doesNotContain("STEP_MARKED_DONE leaky", "SAGA_STUCK leaky");
    shop.time.advance(Duration.ofMinutes(5));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga))
        .containsSubsequence("SAGA_STUCK leaky", "STEP_MARKED_DONE leaky", "STEP_COMPLETED last");
  }

  @Test
  void givenVerbThatDoesNotFit_whenAsked_thenTheJournalSaysWhyAndWhatToDo() {
    SagaHandle saga = stuckOn("confirm");

    ann.abort(saga.id());
    ann.forceForward(saga.id());
    ann.skipCompensation(saga.id(), "charge");
    ann.markDone(saga.id(), "receipt");
    ann.cancel(saga.id());
    shop.time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(refusals(saga))
        .containsExactly(
            "The pivot may have taken effect: find out, and mark step confirm done or not done.",
            "The saga goes forward already: retry it, or mark the step done on which it is stuck.",
            "The saga hasn't turned back: there is no compensation to skip.",
            "It isn't the turn of step receipt yet.",
            "A saga that is STUCK can't be cancelled.");
  }

  @Test
  void givenVerbThatIsRepeated_whenItWasAccepted_thenNothingHappensTwice() {
    SagaHandle saga = stuckBackward();

    ann.skipCompensation(saga.id(), "charge");
    ann.skipCompensation(saga.id(), "charge");

    assertThat(end(saga).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(Shop.kinds(saga)).containsOnlyOnce("COMPENSATION_SKIPPED charge");
    assertThat(shop.calls).containsOnlyOnce("~reserve", "~create");
  }

  @Test
  void givenEndedSaga_whenAsked_thenThatIsDropped() {
    SagaHandle saga = shop.start(node);
    saga.await(SOON);
    List<String> before = Shop.kinds(saga);

    ann.abort(saga.id());
    ann.markDone(saga.id(), "confirm");
    shop.time.settle();

    assertThat(Shop.kinds(saga)).isEqualTo(before);
  }

  @Test
  void givenWrongStep_whenAsked_thenRefusedAtTheCall() {
    SagaHandle saga = stuckOn("confirm");

    assertThatThrownBy(() -> ann.markNotDone(saga.id(), "conform"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Definition place-order v1 has no step 'conform'.");
    assertThatThrownBy(() -> ann.markDone(saga.id(), StepKey.of("charge", String.class), "p-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("charge", "java.lang.String");
    assertThatThrownBy(() -> ann.markDone(saga.id(), Shop.CHARGE, null)).hasMessage("result");
    assertThat(refusals(saga)).isEmpty();
  }

  @Test
  void givenTextsThatCannotBeStored_whenAnOperatorIsNamed_thenRefused() {
    assertThatThrownBy(() -> node.coordinator().operator(" ", "why"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("by", "blank");
    assertThatThrownBy(() -> node.coordinator().operator("ann", "a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("reason", "control characters");
  }

  @Test
  void givenTooLargeResult_whenMarkedDone_thenRefusedAtTheCall() {
    SagaHandle saga = stuckOn("confirm");
    Shop.Payment huge = new Shop.Payment("x".repeat(2 << 20));

    assertThatThrownBy(() -> ann.markDone(saga.id(), Shop.CHARGE, huge))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("maxPayloadBytes");
  }

  @Test
  void givenUnknownSaga_whenAsked_thenRefusedAtTheCall() {
    SagaId unknown = new SagaId(UUID.randomUUID());

    assertThatThrownBy(() -> ann.abort(unknown)).hasMessageContaining(unknown.toString());
    assertThatThrownBy(() -> ann.markDone(unknown, "a")).hasMessageContaining(unknown.toString());
  }

  @Test
  void givenClosedCoordinator_whenAsked_thenRefused() {
    SagaHandle saga = stuckOn("confirm");
    node.coordinator().close();

    assertThatThrownBy(() -> ann.forceForward(saga.id()))
        .isInstanceOf(CoordinatorClosedException.class);
    assertThatThrownBy(() -> ann.markDone(saga.id(), "confirm"))
        .isInstanceOf(CoordinatorClosedException.class);
  }

  /** A node that hasn't registered the definition can't look; the owner does. */
  @Test
  void givenValueThatItsOwnerCannotRead_whenMarkedDone_thenRefusedInTheJournal() {
    SagaHandle saga = stuckOn("confirm");

    shop.store.post(
        saga.id(),
        NewCommand.of(CommandKind.MARK_DONE, "ann", "because")
            .withStep("charge")
            .withPayload(Payload.ofText("no JSON")));
    shop.time.advance(Duration.ofSeconds(1)); // the next poll

    assertThat(refusals(saga))
        .containsExactly("Its value can't be read as a " + Shop.Payment.class.getName() + ".");
  }
}
