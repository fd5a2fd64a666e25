package io.sagaflow.testkit.simulation;

import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.StoredSaga;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the nodes of a run purge ended sagas, and what must hold if they do. Such a run lasts
 * longer: nothing is purged within a minute of its end.
 */
final class Cleaning {

  private enum About {
    CLEANS,
    EVERY,
    BATCH,
    STATUSES,
    SPAN
  }

  private static final Duration KEEP = Duration.ofMinutes(1);
  private static final int LONGEST_SPAN_MILLIS = 90_000;

  private final World world;
  private final Optional<PurgePolicy> policy;
  private final EndOracles.ReplayGivesTheStatus replay;

  Cleaning(World world) {
    this.world = world;
    this.replay = new EndOracles.ReplayGivesTheStatus();
    boolean cleans = world.witness() == Witness.NOBODY && isRolled(world.dice());
    this.policy = cleans ? Optional.of(choose(world.dice())) : Optional.empty();
  }

  /** Whether a run is such a one. */
  static boolean isRolled(Dice dice) {
    return dice.unit(About.CLEANS, 0) < 0.12;
  }

  private static PurgePolicy choose(Dice dice) {
    PurgePolicy all =
        PurgePolicy.keepFor(KEEP)
            .every(Duration.ofMillis(1_000 + dice.below(9_000, About.EVERY, 0)))
            .batchOf(1 + dice.below(40, About.BATCH, 0));
    return switch (dice.below(4, About.STATUSES, 0)) {
      case 0 -> all.statuses(SagaStatus.COMPLETED);
      case 1 -> all.statuses(SagaStatus.COMPENSATED);
      default -> all;
    };
  }

  /** What the nodes are told; empty for nothing. */
  Optional<PurgePolicy> policy() {
    return policy;
  }

  /** How long sagas are started, in a run that would start them for a given time otherwise. */
  int spanMillis(int otherwise) {
    return policy.isPresent()
        ? otherwise + world.dice().below(LONGEST_SPAN_MILLIS, About.SPAN, 0)
        : otherwise;
  }

  /** A saga is gone. Its journal is looked at for the last time. */
  void purged(SagaBook saga, StoredSaga stored) {
    boolean wanted = policy.map(what -> what.statuses().contains(saga.status)).orElse(false);
    boolean asked =
        saga.inbox.values().stream()
            .anyMatch(command -> command.kind().equals(CommandKind.REVERSE.name()));
    if (!wanted || !saga.ended || saga.purged || asked) {
      violated(saga + " is purged, and is " + saga.status);
    }
    if (!LockOracles.outermost(saga).ended) {
      violated(saga + " is purged, and its parents may have it undone yet");
    }
    Instant due = saga.endedAt == null ? Instant.MAX : saga.endedAt.plus(KEEP);
    boolean clocksAreRight = !world.faults().isEnabled(FaultKind.CLOCK_JUMP);
    if (clocksAreRight && world.loop().now().isBefore(due)) {
      violated(saga + " is purged, and was to be kept until " + due);
    }
    String wrong = replay.check(saga, stored);
    if (wrong != null) {
      world.verdict().violated(replay.name(), wrong);
    }
    saga.purged = true;
    world.markers().hit(saga.parent == null ? Marker.PURGED : Marker.CHILD_PURGED);
  }

  private void violated(String wrong) {
    world.verdict().violated("OnlyWhatIsOverIsPurged", wrong);
  }

  /** Whether nothing is left to be purged. */
  boolean isDone() {
    return leftOver() == null;
  }

  /** A saga that should be gone, or null. */
  @Nullable SagaBook leftOver() {
    List<SagaStatus> statuses = policy.map(what -> List.copyOf(what.statuses())).orElse(List.of());
    for (SagaBook saga : world.books().sagas()) {
      if (saga.ended && !saga.purged && statuses.contains(saga.status)) {
        return saga;
      }
    }
    return null;
  }
}
