package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How commands reach the owner of a saga. */
abstract class CommandContract extends StoreContract {

  @Test
  void givenOwnedSaga_whenCommandsArePosted_thenItsOwnerReadsThemInOrderUntilConsumed() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "changed my mind")))
        .contains(SagaStatus.RUNNING);
    store.post(id, NewCommand.of(CommandKind.RETRY, "bob", "once more"));

    List<StoredCommand> commands = store.commands(node, 10);
    assertThat(commands).extracting(StoredCommand::kind).containsExactly("CANCEL", "RETRY");
    assertThat(store.commands(node, 1)).containsExactly(commands.get(0));
    assertThat(store.commands(store.join("node-2"), 10)).isEmpty();

    get(store.append(node, consuming(id, commands.get(0).id(), stepCompleted(2, "a"))));
    assertThat(store.commands(node, 10)).containsExactly(commands.get(1));
  }

  @Test
  void givenCommandWithEverything_whenPosted_thenItIsReadAndClaimedAsItWas() {
    SagaId id = started(ORDERS, "order-42");
    NewCommand command =
        NewCommand.of(CommandKind.MARK_DONE, "Zoë", "\"asked\" the bank: {42}, \\ 🎯")
            .withStep("charge")
            .withPayload(Payload.of(new byte[] {0, 1, -1, 127, -128}))
            .withCommandId("call 17");

    store.post(id, command);
    List<StoredCommand> read = store.commands(node, 10);
    get(store.append(node, release(id, Release.untilCommand())));

    assertThat(only(store.claim(node, ALL, NOW, 10)).commands()).isEqualTo(read);
    assertThat(read).singleElement().satisfies(row -> assertThat(row.read()).contains(command));
  }

  @Test
  void givenCommandInTheInbox_whenOneOfItsIdIsPosted_thenItIsNotPutThereAgain() {
    SagaId id = started(ORDERS, "order-42");
    SagaId other = started(ORDERS, "order-43");
    NewCommand command = NewCommand.of(CommandKind.RETRY, "ann", "once").withCommandId("ann-1");
    store.post(id, command);

    assertThat(store.post(id, command)).contains(SagaStatus.RUNNING);
    store.post(other, command);
    store.post(id, command.withCommandId("ann-2"));
    store.post(id, command.withStep("charge"));
    store.post(id, command.withStep("charge"));
    store.post(id, NewCommand.of(CommandKind.RETRY, "ann", "without an id"));
    store.post(id, NewCommand.of(CommandKind.RETRY, "ann", "without an id"));

    assertThat(store.commands(node, 10))
        .extracting(StoredCommand::sagaId, StoredCommand::commandId)
        .containsExactly(
            tuple(id, "ann-1"),
            tuple(other, "ann-1"),
            tuple(id, "ann-2"),
            tuple(id, "ann-1"),
            tuple(id, null),
            tuple(id, null));
  }

  /** Else the count of what lies there would be off, and the saga never rest again. */
  @Test
  void givenCommandPostedTwice_whenItIsConsumed_thenTheSagaRests() {
    SagaId id = started(ORDERS, "order-42");
    NewCommand command = NewCommand.of(CommandKind.RETRY, "ann", "once").withCommandId("ann-1");
    store.post(id, command);
    store.post(id, command);

    long posted = only(store.commands(node, 10)).id();
    get(store.append(node, consuming(id, posted, stepCompleted(2, "a"))));
    get(store.append(node, release(id, Release.untilCommand())));

    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenSaga_whenItsHeaderIsRead_thenItIsWhatItWasStartedWith() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(store.header(id)).contains(new SagaHeader(id, ORDERS, "order-42"));
  }

  @Test
  void givenUnansweredCommand_whenTheSagaIsReleased_thenItIsDueAtOnce() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "changed my mind"));

    get(store.append(node, release(id, Release.until(NOW.plusSeconds(3_600)))));

    assertThat(only(store.claim(node, ALL, NOW, 10)).commands()).hasSize(1);
  }

  @Test
  void givenSagaThatEnds_whenItHasUnansweredCommands_thenTheyGoWithIt() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "too late"));

    get(store.append(node, ending(id)));

    assertThat(store.commands(node, 10)).isEmpty();
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(store.post(id, NewCommand.of(CommandKind.CANCEL, "ann", "again")))
        .contains(SagaStatus.COMPLETED);
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenCompletedSaga_whenItIsToBeReversed_thenItIsClaimedAndGoesOn() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, ending(id)));

    assertThat(store.post(id, NewCommand.of(CommandKind.REVERSE, "sagaflow", "turned back")))
        .contains(SagaStatus.COMPLETED);
    ClaimedSaga claimed = only(store.claim(node, ALL, NOW, 10));

    assertThat(claimed.saga().status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(claimed.orphaned()).isFalse();
    assertThat(claimed.commands()).hasSize(1);
    get(store.append(node, turningBack(id, claimed.commands().get(0))));
    assertThat(store.statuses(Set.of(id))).containsEntry(id, SagaStatus.COMPENSATING);
    assertThat(store.commands(node, 10)).isEmpty();
  }

  private static SagaAppend turningBack(SagaId id, StoredCommand answered) {
    return append(
        id,
        new StoredRecord[] {Rows.turnedBack(4)},
        Optional.of(SagaStatus.COMPENSATING),
        Optional.empty(),
        List.of(answered.id()),
        true);
  }

  @Test
  void givenUnknownSaga_whenAsked_thenNothingIsFound() {
    SagaId unknown = new SagaId(UUID.randomUUID());

    assertThat(store.load(unknown)).isEmpty();
    assertThat(store.header(unknown)).isEmpty();
    assertThat(store.statuses(Set.of(unknown))).isEmpty();
    assertThat(store.statuses(Set.of())).isEmpty();
    assertThat(store.find("place-order", "nobody")).isEmpty();
    assertThat(store.post(unknown, NewCommand.of(CommandKind.CANCEL, "ann", "why not"))).isEmpty();
  }
}
