package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.simulation.Operators.Verb;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of what operators say of steps. They rely on the committed rows and on them. */
final class VerbOracles {

  private VerbOracles() {}

  static List<Oracle.OfRecords> ofRecords(World world) {
    return List.of(
        new VerbsAreJournaledOnce(world), new VerbsAreObeyedOrRefused(world), new VerbsWait());
  }

  private static boolean isVerb(StoredRecord row) {
    return switch (RecordKind.valueOf(row.kind())) {
      case STEP_MARKED_DONE, STEP_MARKED_NOT_DONE, COMPENSATION_SKIPPED, SAGA_FORCED_FORWARD ->
          true;
      default -> false;
    };
  }

  /** Whether a step's compensation may be called now. */
  static boolean isCompensatedNext(SagaBook saga, StepBook step) {
    boolean mayHaveEffect =
        step.journaled == Journaled.COMPLETED || step.journaled == Journaled.UNKNOWN;
    return saga.turned
        && step.plan.compensated()
        && mayHaveEffect
        && CallOracles.firstToCompensateBehind(saga, step) == null;
  }

  /** Whether the outcome of a step's action is an operator's to tell. */
  private static boolean isOpen(SagaBook saga, StepBook step) {
    return !saga.turned && saga.isTurn(step) && step.journaled != Journaled.REJECTED;
  }

  private static boolean isAllowed(SagaBook saga, Verb verb) {
    StepBook step = verb.step();
    if (step == null) {
      return saga.turned && saga.status == SagaStatus.STUCK && SecondTries.arePossible(saga);
    }
    return switch (verb.kind()) {
      case MARK_DONE -> isOpen(saga, step);
      case MARK_NOT_DONE -> isOpen(saga, step) && step.plan.kind() != StepKind.RETRIABLE;
      case SKIP_COMPENSATION -> isCompensatedNext(saga, step);
      default -> throw new IllegalArgumentException(verb.kind() + " isn't about a step");
    };
  }

  /** A verb is answered once, and the journal says who wanted what, of which step and why. */
  static final class VerbsAreJournaledOnce implements Oracle.OfRecords {

    private final World world;
    private final Set<String> answered = new HashSet<>();

    VerbsAreJournaledOnce(World world) {
      this.world = world;
    }

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      Verb verb = world.workload().operators().find(row.actor());
      if (verb == null) {
        return isVerb(row) ? row.kind() + " of " + saga + ", which nobody asked for" : null;
      }
      boolean asked = isVerb(row) ? isOf(verb, row) : verb.kind().name().equals(row.code());
      return asked && saga == verb.saga() && answered.add(verb.by())
          ? null
          : row + " of " + saga + " isn't the answer to " + verb;
    }

    private static boolean isOf(Verb verb, StoredRecord row) {
      CommandKind kind =
          switch (RecordKind.valueOf(row.kind())) {
            case STEP_MARKED_DONE -> CommandKind.MARK_DONE;
            case STEP_MARKED_NOT_DONE -> CommandKind.MARK_NOT_DONE;
            case SAGA_FORCED_FORWARD -> CommandKind.FORCE_FORWARD;
            default -> CommandKind.SKIP_COMPENSATION;
          };
      return kind == verb.kind()
          && Objects.equals(verb.stepName(), row.step())
          && verb.reason().equals(row.detail())
          && Objects.equals(verb.saga().numberIn(row), verb.value());
    }
  }

  /** A verb is obeyed where the saga's state allows it, and refused where it doesn't. */
  static final class VerbsAreObeyedOrRefused implements Oracle.OfRecords {

    private final World world;

    VerbsAreObeyedOrRefused(World world) {
      this.world = world;
    }

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      Verb verb = world.workload().operators().find(row.actor());
      if (verb == null) {
        return null;
      }
      boolean obeyed = isVerb(row);
      boolean unread = verb.kind() == CommandKind.MARK_DONE && isTakenOverTooOften(saga);
      return obeyed == isAllowed(saga, verb) || (unread && !obeyed)
          ? null
          : verb.kind()
              + (obeyed ? " is obeyed" : " is refused")
              + " for step "
              + verb.stepName()
              + " of "
              + saga
              + ", which is "
              + (verb.step() == null ? saga.status : verb.step().journaled);
    }
  }

  /** No payload of such a saga is read any more. */
  private static boolean isTakenOverTooOften(SagaBook saga) {
    return saga.deaths > Place.MOST_RECOVERIES;
  }

  /** What is said of a step, or the saga, waits for its calls that run, unless one has leaked. */
  static final class VerbsWait implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!isVerb(row) || saga.leakingCalls > 0 || saga.pausedCalls) {
        return null;
      }
      StepBook step = row.step() == null ? null : saga.step(row.step());
      for (Invocation call : saga.running) {
        boolean own = call.place().isNode(writer) && call.epoch() == saga.epoch;
        if (own && (step == null || call.step() == step)) {
          return row.kind() + " of " + saga + " is journaled while " + call + " runs";
        }
      }
      return null;
    }
  }
}
