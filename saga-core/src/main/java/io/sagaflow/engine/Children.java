package io.sagaflow.engine;

import io.sagaflow.ActionContext;
import io.sagaflow.ChildSaga;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepStatus;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.Outcome.Kind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredSaga;
import java.util.Optional;
import java.util.Set;

/**
 * Runs child sagas: the calls of a step that has no action of its own. Such a call doesn't wait for
 * the child's end: it looks, and is made again later on, when the child has ended or after a while.
 * It may be made any number of times, on any node, for the child's business key is the same. What
 * is called here belongs to one node, the parents' owner.
 */
final class Children {

  private static final String BY = "sagaflow";

  private final SagaStore store;
  private final Starts starts;
  private final Recovery recovery;
  private final Node owner;

  Children(SagaStore store, Starts starts, Recovery recovery, Node owner) {
    this.store = store;
    this.starts = starts;
    this.recovery = recovery;
    this.owner = owner;
  }

  /** Starts the child, unless that was done before, and looks how it stands. */
  <I, C> Outcome act(SagaView<I> parent, ChildSaga<I, C, ?> child, ActionContext<I> context)
      throws Exception {
    String key = context.idempotencyKey();
    if (starts.childStarts().isOpen(context.sagaId(), key)) {
      return Outcome.waiting();
    }
    Optional<SagaId> started = store.find(child.definition().name(), key);
    if (started.isEmpty()) {
      SagaId root = parent.state().lineage().map(Lineage::root).orElse(context.sagaId());
      Lineage lineage = new Lineage(context.sagaId(), root);
      starts.startChild(owner, child.definition(), key, child.input().of(context), lineage);
      return Outcome.waiting();
    }
    SagaId id = started.get();
    return switch (status(id)) {
      case COMPLETED -> {
        PayloadContext result = PayloadContext.ofResult(context.sagaId(), context.step());
        yield Outcome.succeeded(recovery.resultOf(load(id), child, result));
      }
      case COMPENSATED ->
          Outcome.failed(Kind.REJECTED, "Its child saga " + id + " was compensated.");
      case RUNNING, COMPENSATING, STUCK -> Outcome.waiting();
    };
  }

  /** Has the child undone, whatever it has come to, and looks how it stands. */
  <I, R> Outcome compensate(
      SagaView<I> parent, StepDefinition<I, R> step, ChildSaga<I, ?, R> child, String key) {
    if (starts.childStarts().isOpen(parent.header().id(), key)) {
      return Outcome.waiting(); // it may still come
    }
    Optional<SagaId> started = store.find(child.definition().name(), key);
    if (started.isEmpty()) {
      int index = parent.definition().indexOf(step.key());
      if (parent.state().steps().get(index).status() == StepStatus.UNKNOWN) {
        return Outcome.succeeded(Optional.empty()); // it was never started
      }
      throw new IllegalStateException("The child saga " + key + " is gone from the store");
    }
    SagaId id = started.get();
    return switch (status(id)) {
      case COMPENSATED -> Outcome.succeeded(Optional.empty());
      case RUNNING -> asked(id, CommandKind.CANCEL);
      case COMPLETED -> asked(id, CommandKind.REVERSE);
      case COMPENSATING, STUCK -> Outcome.waiting();
    };
  }

  /** Whether a child may still come that only this node knows of: then its parent stays here. */
  boolean mayStillCome(SagaId parent) {
    return starts.childStarts().isOpen(parent);
  }

  private Outcome asked(SagaId child, CommandKind kind) {
    store.post(child, NewCommand.of(kind, BY, "Its parent turned back."));
    return Outcome.waiting();
  }

  private SagaStatus status(SagaId id) {
    SagaStatus status = store.statuses(Set.of(id)).get(id);
    if (status == null) {
      throw new IllegalStateException("The child saga " + id + " is gone from the store");
    }
    return status;
  }

  private StoredSaga load(SagaId id) {
    return store
        .load(id)
        .orElseThrow(
            () -> new IllegalStateException("The child saga " + id + " is gone from the store"));
  }
}
