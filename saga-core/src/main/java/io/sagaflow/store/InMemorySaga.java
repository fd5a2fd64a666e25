package io.sagaflow.store;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A saga in {@link InMemorySagaStore}, whose lock guards it. */
final class InMemorySaga {

  final SagaHeader header;
  final List<StoredRecord> journal = new ArrayList<>();
  final List<StoredCommand> inbox = new ArrayList<>();
  SagaStatus status = SagaStatus.RUNNING;
  @Nullable NodeId owner;

  /** When it may be claimed, while nobody owns it; null for not before a command. */
  @Nullable Instant wakeAt;

  boolean orphaned;
  int recoveries;

  /** On which step it rests. */
  @Nullable String step;

  /** When it ended. */
  @Nullable Instant endedAt;

  InMemorySaga(NewSaga saga, NodeId owner) {
    this.header = saga.header();
    this.owner = owner;
    journal.add(saga.first());
  }

  /** Whether it keeps a command: one that has ended does so only if it is to be undone. */
  boolean takes(NewCommand command) {
    boolean reverse = command.kind() == CommandKind.REVERSE;
    boolean open = !status.isTerminal() || (status == SagaStatus.COMPLETED && reverse);
    return open && !holds(command);
  }

  /** The outermost saga, if this is a child. */
  Optional<SagaId> root() {
    return Optional.ofNullable(journal.get(0).detail()).map(SagaId::parse);
  }

  /** Whether nobody has anything to do with it, nor was asked to. */
  boolean isAtRest() {
    return owner == null && wakeAt == null && inbox.isEmpty();
  }

  /** Why an append is refused, or null if it fits. */
  @Nullable String refusal(NodeId writer, List<StoredRecord> records) {
    if (!writer.equals(owner)) {
      return "node " + writer + " doesn't own it";
    }
    long expected = journal.size() + 1L;
    for (StoredRecord row : records) {
      if (row.seq() != expected) {
        return "record " + row.seq() + " stands where record " + expected + " belongs";
      }
      expected++;
    }
    return null;
  }

  /** Writes an append, all but the release. */
  void write(SagaAppend append) {
    journal.addAll(append.records());
    status = append.status().orElse(status);
    endedAt = append.status().isEmpty() ? endedAt : append.endedAt().orElse(null);
    step = append.release().flatMap(Release::step).orElse(append.status().isEmpty() ? step : null);
    orphaned &= !append.changesSaga(); // as the other stores, which write no row for records alone
    if (!append.consumed().isEmpty()) {
      inbox.removeIf(command -> append.consumed().contains(command.id()));
    }
    if (append.progress()) {
      recoveries = 0;
    }
    if (status.isTerminal()) {
      inbox.clear();
      step = null;
    }
  }

  /** Whether a command of that step and id lies in its inbox. */
  private boolean holds(NewCommand command) {
    return command.commandId().isPresent()
        && inbox.stream()
            .flatMap(row -> row.read().stream())
            .anyMatch(
                other ->
                    other.commandId().equals(command.commandId())
                        && other.step().equals(command.step()));
  }

  /** It stays orphaned: should this owner leave before it wrote, the next one still has to know. */
  ClaimedSaga claim(NodeId claimant) {
    recoveries += orphaned ? 1 : 0;
    owner = claimant;
    wakeAt = null;
    step = status == SagaStatus.STUCK ? step : null; // it rests no more
    return new ClaimedSaga(toStored(), orphaned, recoveries, inbox);
  }

  StoredSaga toStored() {
    return new StoredSaga(header, status, journal);
  }

  SagaSummary toSummary() {
    return new SagaSummary(
        header.id(),
        header.definition().name(),
        header.definition().version(),
        header.businessKey(),
        status,
        Optional.ofNullable(step),
        Optional.ofNullable(endedAt));
  }
}
