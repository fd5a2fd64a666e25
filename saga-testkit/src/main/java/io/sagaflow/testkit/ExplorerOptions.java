package io.sagaflow.testkit;

import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaDefinition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link SagaExplorer} was told. */
record ExplorerOptions<I>(
    SagaDefinition<I> definition,
    I input,
    String businessKey,
    List<ExploredSignal<?>> signals,
    Surroundings surroundings,
    List<Invariant> invariants,
    Bounds bounds) {

  ExplorerOptions {
    signals = List.copyOf(signals);
  }

  /**
   * What surrounds the saga.
   *
   * @param ledger what participants report to
   */
  record Surroundings(
      List<TestParticipant> participants,
      EffectLedger ledger,
      VirtualTime time,
      PayloadCodec codec) {

    Surroundings {
      participants = List.copyOf(participants);
    }
  }

  /** What is explored, and what isn't. */
  record Bounds(Set<FaultKind> without, int pairs, boolean mayBeStuck, @Nullable String only) {

    static final Bounds DEFAULTS = new Bounds(Set.of(), 500, false, null);

    Bounds {
      without = Set.copyOf(without);
      if (pairs < 0) {
        throw new IllegalArgumentException("pairs must be at least 0; got " + pairs);
      }
    }

    Bounds without(Set<FaultKind> kinds) {
      return new Bounds(kinds, pairs, mayBeStuck, only);
    }

    Bounds pairs(int number) {
      return new Bounds(without, number, mayBeStuck, only);
    }

    Bounds allowingStuck() {
      return new Bounds(without, pairs, true, only);
    }

    Bounds only(String run) {
      return new Bounds(without, pairs, mayBeStuck, run);
    }
  }
}
