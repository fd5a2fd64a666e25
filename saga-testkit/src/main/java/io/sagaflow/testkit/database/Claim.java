package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimTurns;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The UPDATE that claims what is due and not locked, and the reading of what it claims. */
final class Claim extends Transaction {

  private final NodeId node;
  private final Set<DefinitionRef> definitions;
  private final Instant now;
  private final int limit;
  private final Set<SagaId> without;
  private final int look;
  private final List<SagaRow> claimed = new ArrayList<>();
  private List<SagaRow> snapshot = List.of();
  private Optional<SagaId> passedOver = Optional.empty();
  private boolean looked;
  private boolean fenced;

  Claim(
      DatabaseClient client,
      NodeId node,
      Set<DefinitionRef> definitions,
      Instant now,
      int limit,
      Set<SagaId> without,
      int look) {
    super(client, Exchange.CLAIM);
    this.node = node;
    this.definitions = definitions;
    this.now = now;
    this.limit = limit;
    this.without = without;
    this.look = look;
  }

  @Override
  boolean execute() {
    if (!looked) {
      looked = true;
      snapshot = due();
    }
    NodeRow row = database.tables().nodes.get(node);
    fenced = row == null;
    if (row == null) {
      return true;
    }
    if (!database.locks().acquire(this, row.heartbeat, LockMode.KEY_SHARE)) {
      return false;
    }
    take();
    return true;
  }

  /** The first that was given back and is left to another node: what is meant for this one. */
  private ClaimTurns.Part divide() {
    ClaimTurns.Part part = ClaimTurns.Part.of(node, database.tables().nodes.keySet());
    List<SagaId> given = new ArrayList<>();
    for (SagaRow row : database.tables().due) {
      if (given.size() >= look || !isGivenBack(row)) {
        break;
      }
      if (definitions.contains(row.header.definition())) {
        given.add(row.header.id());
      }
    }
    passedOver = ClaimTurns.passedOver(part, given);
    return part;
  }

  private static boolean isGivenBack(SagaRow row) {
    return Tables.GIVEN_BACK.equals(row.wakeAt);
  }

  private List<SagaRow> due() {
    ClaimTurns.Part part = divide();
    List<SagaRow> rows = new ArrayList<>();
    int enough = database.locks().isQuiet() ? limit : Integer.MAX_VALUE;
    for (SagaRow row : database.tables().due) {
      if (!isDue(row) || rows.size() == enough) {
        break;
      }
      if (definitions.contains(row.header.definition()) && !without.contains(row.header.id())) {
        if (passedOver.isEmpty() || !isGivenBack(row) || part.has(row.header.id())) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private boolean isDue(SagaRow row) {
    return row.owner == null && row.wakeAt != null && !row.wakeAt.isAfter(now);
  }

  /** One that was claimed while this waited for its fence isn't due any more. */
  private void take() {
    Locks locks = database.locks();
    for (SagaRow row : snapshot) {
      if (claimed.size() == limit) {
        break;
      }
      if (isDue(row) && !locks.isLockedFor(this, row.lock, LockMode.UPDATE)) {
        locks.acquire(this, row.lock, LockMode.UPDATE);
        claimed.add(row);
      }
    }
  }

  /** The first saga that it left to another node. */
  Optional<SagaId> passedOver() {
    return passedOver;
  }

  boolean isFenced() {
    return fenced;
  }

  Set<SagaId> ids() {
    Set<SagaId> ids = new HashSet<>();
    for (SagaRow row : claimed) {
      ids.add(row.header.id());
    }
    return ids;
  }

  /** What was claimed, to be read after the commit. */
  List<ClaimedSaga> sagas() {
    List<ClaimedSaga> sagas = new ArrayList<>(claimed.size());
    for (SagaRow row : claimed) {
      List<StoredCommand> commands = database.tables().commandsOf(Set.of(row.header.id()));
      sagas.add(new ClaimedSaga(row.toStored(), row.orphaned, row.recoveries, commands));
    }
    return sagas;
  }

  @Override
  void apply() {
    for (SagaRow row : claimed) {
      row.recoveries += row.orphaned ? 1 : 0;
      row.step = row.status == SagaStatus.STUCK ? row.step : null;
      database.tables().own(row, node);
      database.watcher().claimed(node, row.header.id(), row.orphaned);
    }
  }
}
