package io.sagaflow.jdbc.conformance;

import static java.util.stream.Collectors.joining;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.testkit.database.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What a step does, and how its result is told: in names that are the same in all worlds. */
sealed interface Action {

  DefinitionRef ORDERS = new DefinitionRef("place-order", 1);
  Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

  /** Something that its caller waits for. */
  sealed interface Ask extends Action {
    Exchange exchange();

    String ask(SagaStore store, Names names);
  }

  /** Something that goes through a lane. */
  sealed interface Write extends Action {
    SagaId saga();

    /** Which of a store's lanes it goes through, from 1: the ids are the same in all worlds. */
    default int lane(int lanes) {
      return 1 + (int) Long.remainderUnsigned(saga().value().getLeastSignificantBits(), lanes);
    }

    CompletionStage<String> write(SagaStore store, Names names);
  }

  /** Commits or aborts, as its fate is, what an earlier step left in doubt. */
  record Decide(int step) implements Action {}

  record Join(String node, String name) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.JOIN;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      names.joined(node, store.join(name));
      return "joined";
    }
  }

  record Renew(String node) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.HEARTBEAT;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return beats(store.heartbeat(names.node(node)), names);
    }
  }

  record Nodes() implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.READ;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return beats(store.nodes(), names);
    }
  }

  record Evict(String node) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.EVICT;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      store.evict(names.node(node));
      return "evicted";
    }
  }

  record EvictSilent(String node, long beats) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.EVICT;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      NodeBeat seen = new NodeBeat(names.node(node), "any", beats);
      return store.evictIfSilent(seen) ? "has no lease" : "has renewed it";
    }
  }

  record Leave(String node, Set<SagaId> open) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.LEAVE;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      store.leave(names.node(node), open);
      return "left";
    }
  }

  record ReleaseOrphans(int limit) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.RELEASE_ORPHANS;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return store.releaseOrphans(limit) + " released";
    }
  }

  record Claim(String node, Duration later) implements Ask {
    private static final int LIMIT = 100;

    @Override
    public Exchange exchange() {
      return Exchange.CLAIM;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      NodeId owner = names.node(node);
      return store.claim(owner, Set.of(ORDERS), NOW.plus(later), LIMIT).stream()
          .map(claimed -> tell(claimed, names))
          .collect(joining("; ", "claimed ", ""));
    }
  }

  record Post(SagaId saga, int step) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.POST;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      NewCommand command = NewCommand.of(CommandKind.CANCEL, "ann", String.valueOf(step));
      boolean known = step % 2 == 0; // then it is often a repeated one
      return store.post(saga, known ? command.withCommandId("known") : command).toString();
    }
  }

  record Commands(String node, int limit) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.READ;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return tell(store.commands(names.node(node), limit), names);
    }
  }

  record Load(SagaId saga) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.READ;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return store.load(saga).map(Action::tell).orElse("nothing");
    }
  }

  record Look(String key, Collection<SagaId> sagas) implements Ask {
    @Override
    public Exchange exchange() {
      return Exchange.READ;
    }

    @Override
    public String ask(SagaStore store, Names names) {
      return store.find(ORDERS.name(), key).map(Names::saga).orElse("nobody")
          + store.statuses(sagas).entrySet().stream()
              .map(entry -> Names.saga(entry.getKey()) + " " + entry.getValue())
              .sorted()
              .toList();
    }
  }

  record Start(String node, SagaId saga, String key, int step) implements Write {
    @Override
    public CompletionStage<String> write(SagaStore store, Names names) {
      NewSaga started = new NewSaga(new SagaHeader(saga, ORDERS, key), record(1, step));
      return store
          .start(names.node(node), started)
          .thenApply(
              result -> Names.saga(result.sagaId()) + (result.created() ? " created" : " found"));
    }
  }

  record Append(
      String node,
      SagaId saga,
      List<Long> seqs,
      Optional<SagaStatus> status,
      Optional<Release> release,
      List<String> consumed,
      boolean progress,
      int step)
      implements Write {
    @Override
    public CompletionStage<String> write(SagaStore store, Names names) {
      List<StoredRecord> records = seqs.stream().map(seq -> record(seq, step)).toList();
      List<Long> commands = consumed.stream().map(names::command).toList();
      return store
          .append(
              names.node(node), new SagaAppend(saga, records, status, release, commands, progress))
          .thenApply(done -> "appended");
    }
  }

  private static StoredRecord record(long seq, int step) {
    return new StoredRecord(
        seq, NOW, "STEP_COMPLETED", "reserve", 1, null, "by " + step, null, null, null);
  }

  private static String beats(List<NodeBeat> beats, Names names) {
    return beats.stream()
        .map(beat -> beat.name() + "=" + names.node(beat.node()) + "/" + beat.beats())
        .sorted()
        .toList()
        .toString();
  }

  private static String tell(ClaimedSaga claimed, Names names) {
    return tell(claimed.saga())
        + (claimed.orphaned() ? " orphaned " : " ")
        + claimed.recoveries()
        + tell(claimed.commands(), names);
  }

  private static String tell(StoredSaga saga) {
    return Names.saga(saga.header().id())
        + " "
        + saga.status()
        + saga.journal().stream().map(row -> row.seq() + " " + row.detail()).toList();
  }

  private static String tell(List<StoredCommand> commands, Names names) {
    return commands.stream().map(names::command).toList().toString();
  }
}
