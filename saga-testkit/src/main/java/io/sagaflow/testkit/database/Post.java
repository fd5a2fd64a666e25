package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.StoredCommand;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The UPDATE that counts a command in its saga's row, and the INSERT of the command. */
final class Post extends Transaction {

  private final SagaId sagaId;
  private final NewCommand asked;
  private @Nullable SagaRow row;
  private @Nullable StoredCommand command;
  private @Nullable SagaStatus status;
  private boolean looked;
  private boolean repeated;

  Post(DatabaseClient client, SagaId sagaId, NewCommand asked) {
    super(client, Exchange.POST);
    this.sagaId = sagaId;
    this.asked = asked;
  }

  @Override
  boolean execute() {
    if (!looked) {
      looked = true;
      row = database.tables().sagas.get(sagaId);
      repeated = database.tables().holds(sagaId, asked); // as the statement's snapshot has it
    }
    if (row == null || !isTaken(row.status) || repeated) {
      return true;
    }
    if (!database.locks().acquire(this, row.lock, LockMode.NO_KEY_UPDATE)) {
      return false;
    }
    if (isTaken(row.status)) { // it may have ended while this waited
      status = row.status;
      command = StoredCommand.of(database.tables().nextCommandId(), sagaId, asked);
    }
    return true;
  }

  /** A saga that has ended takes a command only if it is to be undone. */
  private boolean isTaken(SagaStatus standing) {
    return !standing.isTerminal()
        || (standing == SagaStatus.COMPLETED && asked.kind() == CommandKind.REVERSE);
  }

  @Override
  void apply() {
    if (row != null && command != null) {
      database.tables().inbox.put(command.id(), command);
      row.commands = row.status.isTerminal() ? countAnew(row) : row.commands + 1;
      if (row.owner == null) {
        database.tables().wake(row, Tables.AT_ONCE);
      }
      database.watcher().posted(command);
    }
  }

  /** What came while the saga was ending lies there still, and wasn't counted. */
  private int countAnew(SagaRow ended) {
    return database.tables().commandsOf(Set.of(ended.header.id())).size();
  }

  /** The saga's status, or null if there is no such saga. */
  @Nullable SagaStatus status() {
    if (status != null) {
      return status;
    }
    SagaRow now = database.tables().sagas.get(sagaId); // nothing was posted, so this is asked anew
    return now == null ? null : now.status;
  }
}
