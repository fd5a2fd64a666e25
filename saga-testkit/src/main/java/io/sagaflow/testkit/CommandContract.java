package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Release;
import io.sagaflow.store.StoredCommand;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How commands reach the owner of a saga. */
abstract class CommandContract extends StoreContract {

  @Test
  void givenOwnedSaga_whenCommandsArePosted_thenItsOwnerReadsThemInOrderUntilConsumed() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(store.post(id, CommandKind.CANCEL, "ann", "changed my mind"))
        .contains(SagaStatus.RUNNING);
    store.post(id, CommandKind.RETRY, "bob", "once more");

    List<StoredCommand> commands = store.commands(node, 10);
    assertThat(commands).extracting(StoredCommand::kind).containsExactly("CANCEL", "RETRY");
    assertThat(store.commands(node, 1)).containsExactly(commands.get(0));
    assertThat(store.commands(store.join("node-2"), 10)).isEmpty();

    get(store.append(node, consuming(id, commands.get(0).id(), stepCompleted(2, "a"))));
    assertThat(store.commands(node, 10)).containsExactly(commands.get(1));
  }

  @Test
  void givenUnansweredCommand_whenTheSagaIsReleased_thenItIsDueAtOnce() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, CommandKind.CANCEL, "ann", "changed my mind");

    get(store.append(node, release(id, Release.until(NOW.plusSeconds(3_600)))));

    assertThat(only(store.claim(node, ALL, NOW, 10)).commands()).hasSize(1);
  }

  @Test
  void givenSagaThatEnds_whenItHasUnansweredCommands_thenTheyGoWithIt() {
    SagaId id = started(ORDERS, "order-42");
    store.post(id, CommandKind.CANCEL, "ann", "too late");

    get(store.append(node, ending(id)));

    assertThat(store.commands(node, 10)).isEmpty();
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(store.post(id, CommandKind.CANCEL, "ann", "again")).contains(SagaStatus.COMPLETED);
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenUnknownSaga_whenAsked_thenNothingIsFound() {
    SagaId unknown = new SagaId(UUID.randomUUID());

    assertThat(store.load(unknown)).isEmpty();
    assertThat(store.statuses(Set.of(unknown))).isEmpty();
    assertThat(store.statuses(Set.of())).isEmpty();
    assertThat(store.find("place-order", "nobody")).isEmpty();
    assertThat(store.post(unknown, CommandKind.CANCEL, "ann", "why not")).isEmpty();
  }
}
