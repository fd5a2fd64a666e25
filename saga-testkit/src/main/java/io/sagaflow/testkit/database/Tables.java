package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimTurns;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShapes;
import io.sagaflow.store.InMemoryLocks;
import io.sagaflow.store.InMemoryShapes;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is committed. Its indexes are kept here, so what they are over changes here only. */
final class Tables {

  /** As PostgreSQL's -infinity: given back, and due before anything else. */
  static final Instant GIVEN_BACK = ClaimTurns.GIVEN_BACK;

  /** As PostgreSQL's epoch: woken by a command, and due before anything that has a time. */
  static final Instant AT_ONCE = ClaimTurns.AT_ONCE;

  private static final long NODE_IDS = 0x5a9a_0000_0000_4000L;
  private static final long NODE_ID_VARIANT = 0x8000_0000_0000_0000L;
  private static final int LANE_BITS = 8; // as in real ids, which have room for lanes

  final Map<NodeId, NodeRow> nodes = new LinkedHashMap<>();
  final Map<SagaId, SagaRow> sagas = new LinkedHashMap<>();
  private final Map<LockKey.Business, SagaRow> byKey = new HashMap<>();
  private final Map<NodeId, Set<SagaRow>> owned = new LinkedHashMap<>();
  final NavigableSet<SagaRow> due = new TreeSet<>(SagaRow::compareDue);
  final NavigableMap<Long, StoredCommand> inbox = new TreeMap<>();
  final DefinitionShapes shapes = new InMemoryShapes(this::startedWith);
  final InMemoryLocks semanticLocks = new InMemoryLocks(this::statusOf, () -> Instant.EPOCH);
  private long nodeIds;
  private long commandIds;

  /** Ids are drawn when they are asked for, as from a sequence: an abort leaves a gap. */
  NodeId nextNodeId() {
    return new NodeId(new UUID(NODE_IDS, NODE_ID_VARIANT | (++nodeIds << LANE_BITS)));
  }

  long nextCommandId() {
    return ++commandIds;
  }

  @Nullable SagaRow holder(LockKey.Business key) {
    return byKey.get(key);
  }

  @Nullable NodeRow nodeNamed(String name) {
    for (NodeRow node : nodes.values()) {
      if (node.name.equals(name)) {
        return node;
      }
    }
    return null;
  }

  private @Nullable SagaStatus statusOf(SagaId id) {
    SagaRow row = sagas.get(id);
    return row == null ? null : row.status;
  }

  private List<String> startedWith(DefinitionRef definition) {
    return sagas.values().stream()
        .filter(row -> row.header.definition().equals(definition) && !row.status.isTerminal())
        .flatMap(row -> Optional.ofNullable(row.toStored().journal().get(0).code()).stream())
        .toList();
  }

  /** All nodes but one. */
  List<NodeBeat> beatsWithout(@Nullable NodeId one) {
    List<NodeBeat> beats = new ArrayList<>();
    for (NodeRow node : nodes.values()) {
      if (!node.id.equals(one)) {
        beats.add(node.toBeat());
      }
    }
    return beats;
  }

  void insert(NodeId owner, NewSaga saga) {
    own(insert(saga), owner);
  }

  /** A saga that nobody owns, and that is due. */
  void insertDue(NewSaga saga) {
    wake(insert(saga), AT_ONCE);
  }

  private SagaRow insert(NewSaga saga) {
    SagaRow row = new SagaRow(saga.header());
    row.add(saga.first());
    sagas.put(saga.header().id(), row);
    byKey.put(LockKey.Business.of(saga.header()), row);
    return row;
  }

  void delete(SagaRow row) {
    sagas.remove(row.header.id());
    byKey.remove(LockKey.Business.of(row.header));
    inbox.values().removeIf(command -> command.sagaId().equals(row.header.id()));
  }

  void own(SagaRow row, NodeId owner) {
    wake(row, null);
    row.owner = owner;
    owned.computeIfAbsent(owner, key -> new LinkedHashSet<>()).add(row);
  }

  void disown(SagaRow row, @Nullable Instant wakeAt) {
    NodeId owner = row.owner;
    row.owner = null;
    Set<SagaRow> left = owner == null ? null : owned.get(owner);
    if (left != null) {
      left.remove(row);
      if (left.isEmpty()) {
        owned.remove(owner);
      }
    }
    wake(row, wakeAt);
  }

  /** Says when an unowned saga is due. */
  void wake(SagaRow row, @Nullable Instant at) {
    if (row.wakeAt != null) {
      due.remove(row);
    }
    row.wakeAt = at;
    if (at != null) {
      due.add(row);
    }
  }

  List<SagaRow> ownedBy(NodeId owner) {
    Set<SagaRow> rows = owned.get(owner);
    return rows == null ? List.of() : new ArrayList<>(rows);
  }

  /** Whose owner has no lease, ordered by id. */
  List<SagaRow> orphans() {
    List<SagaRow> orphans = new ArrayList<>();
    for (Map.Entry<NodeId, Set<SagaRow>> each : owned.entrySet()) {
      if (!nodes.containsKey(each.getKey())) {
        orphans.addAll(each.getValue());
      }
    }
    orphans.sort((one, other) -> one.header.id().compareTo(other.header.id()));
    return orphans;
  }

  /** Whether a saga's inbox holds a command of that step and id. */
  boolean holds(SagaId sagaId, NewCommand asked) {
    String id = asked.commandId().orElse(null);
    String step = asked.step().orElse(null);
    for (StoredCommand command : inbox.values()) {
      if (id != null
          && id.equals(command.commandId())
          && Objects.equals(step, command.step())
          && command.sagaId().equals(sagaId)) {
        return true;
      }
    }
    return false;
  }

  /** The commands of some sagas, oldest first. */
  List<StoredCommand> commandsOf(Set<SagaId> sagaIds) {
    List<StoredCommand> commands = new ArrayList<>();
    for (StoredCommand command : inbox.values()) {
      if (sagaIds.contains(command.sagaId())) {
        commands.add(command);
      }
    }
    return commands;
  }
}
