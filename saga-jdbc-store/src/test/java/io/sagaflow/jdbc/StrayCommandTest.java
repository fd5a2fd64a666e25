package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The statement that ends a saga has its snapshot; a command is posted and committed; the statement
 * sets the count of commands to nothing, and the command isn't among those that it deletes.
 */
class StrayCommandTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final PostgresSagaStore store = PostgresSagaStore.create(database);
  private final NodeId node = store.join("node-1");
  private final SagaId saga = new SagaId(UUID.randomUUID());

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void givenCommandThatCameWithTheEnd_whenTheSagaIsToBeUndone_thenBothAreCounted()
      throws Exception {
    SagaHeader header = new SagaHeader(saga, new DefinitionRef("ship", 1), "ship-1");
    store
        .start(node, new NewSaga(header, record(1, "SAGA_STARTED", Payload.ofText("1"))))
        .toCompletableFuture()
        .join();
    store
        .append(
            node,
            new SagaAppend(
                saga,
                List.of(record(2, "SAGA_COMPLETED", null)),
                Optional.of(SagaStatus.COMPLETED),
                Optional.empty(),
                List.of(),
                true))
        .toCompletableFuture()
        .join();
    look.execute(
        "INSERT INTO saga_inbox (saga_id, kind, requested_by, reason) VALUES ('"
            + saga
            + "', 'CANCEL', 'ann', 'because')");

    store.post(saga, NewCommand.of(CommandKind.REVERSE, "sagaflow", "Its parent turned back."));

    assertThat(look.query("SELECT commands FROM saga_instance")).containsExactly("2");
  }

  private static StoredRecord record(long seq, String kind, @Nullable Payload payload) {
    return new StoredRecord(seq, Instant.EPOCH, kind, null, 0, null, null, null, null, payload);
  }
}
