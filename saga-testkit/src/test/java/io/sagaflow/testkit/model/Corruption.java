package io.sagaflow.testkit.model;

import io.sagaflow.machine.Direction;
import io.sagaflow.testkit.model.TraceEvent.Called;
import io.sagaflow.testkit.model.TraceEvent.Claimed;
import io.sagaflow.testkit.model.TraceEvent.Committed;
import io.sagaflow.testkit.model.TraceEvent.Evicted;
import io.sagaflow.testkit.model.TraceEvent.Handled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Changes of a trace after which it tells of something that must not happen. */
enum Corruption {
  CALLED_BEFORE_DURABLE {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return beforeAnotherNode(trace)
          .filter(i -> trace.get(i) instanceof Committed && trace.get(i + 1) instanceof Called)
          .mapToObj(i -> swapped(trace, i))
          .findFirst();
    }
  },
  COMMIT_LOST {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return beforeAnotherNode(trace)
          .filter(i -> trace.get(i) instanceof Committed && trace.get(i + 1) instanceof Called)
          .mapToObj(i -> without(trace, i))
          .findFirst();
    }
  },
  COMMITTED_AFTER_EVICTION {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return IntStream.range(1, trace.size())
          .filter(i -> trace.get(i) instanceof Committed)
          .boxed()
          .flatMap(i -> evictedAtOnce(trace, i).stream())
          .findFirst();
    }
  },
  ORPHAN_NOT_MARKED {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return IntStream.range(0, trace.size())
          .filter(i -> trace.get(i) instanceof Claimed)
          .limit(1) // later ones could be unmarked after a refused command
          .filter(i -> ((Claimed) trace.get(i)).orphaned())
          .mapToObj(i -> with(trace, i, new Claimed(trace.get(i).about().orElseThrow(), false)))
          .findFirst();
    }
  },
  CALLED_TWICE {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return beforeAnotherNode(trace)
          .filter(i -> trace.get(i) instanceof Called)
          .mapToObj(i -> inserted(trace, i + 1, trace.get(i)))
          .findFirst();
    }
  },
  APPLIED_TWICE {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return IntStream.range(0, trace.size())
          .filter(i -> trace.get(i) instanceof Handled)
          .mapToObj(i -> with(trace, i, oneMore((Handled) trace.get(i))))
          .findFirst();
    }
  },
  COMPENSATED_UNCALLED {
    @Override
    Optional<List<TraceEvent>> of(List<TraceEvent> trace) {
      return IntStream.range(0, trace.size() - 1)
          .filter(i -> trace.get(i) instanceof Called && trace.get(i + 1) instanceof Handled)
          .filter(i -> ((Called) trace.get(i)).direction() == Direction.COMPENSATION)
          .filter(i -> Collections.frequency(trace, trace.get(i)) == 1)
          .mapToObj(i -> without(trace, i))
          .findFirst();
    }
  };

  /** The corrupted trace; empty if there is nothing in it that could be corrupted like this. */
  abstract Optional<List<TraceEvent>> of(List<TraceEvent> trace);

  /** Where but one node is known: of two, one that lost its lease may call as well. */
  private static IntStream beforeAnotherNode(List<TraceEvent> trace) {
    return IntStream.range(0, trace.size() - 1).takeWhile(i -> nodes(trace.subList(0, i + 2)) == 1);
  }

  private static long nodes(List<TraceEvent> trace) {
    return trace.stream().flatMap(event -> event.about().stream()).distinct().count();
  }

  private static Optional<List<TraceEvent>> evictedAtOnce(List<TraceEvent> trace, int commit) {
    TraceEvent evicted = new Evicted(trace.get(commit).about().orElseThrow());
    int at = trace.subList(commit, trace.size()).indexOf(evicted);
    return at < 0
        ? Optional.empty()
        : Optional.of(inserted(without(trace, commit + at), commit, evicted));
  }

  private static TraceEvent oneMore(Handled handled) {
    return new Handled(handled.direction(), handled.step(), handled.effects() + 1);
  }

  private static List<TraceEvent> swapped(List<TraceEvent> trace, int i) {
    List<TraceEvent> changed = new ArrayList<>(trace);
    Collections.swap(changed, i, i + 1);
    return changed;
  }

  private static List<TraceEvent> without(List<TraceEvent> trace, int i) {
    List<TraceEvent> changed = new ArrayList<>(trace);
    changed.remove(i);
    return changed;
  }

  private static List<TraceEvent> with(List<TraceEvent> trace, int i, TraceEvent event) {
    List<TraceEvent> changed = new ArrayList<>(trace);
    changed.set(i, event);
    return changed;
  }

  private static List<TraceEvent> inserted(List<TraceEvent> trace, int i, TraceEvent event) {
    List<TraceEvent> changed = new ArrayList<>(trace);
    changed.add(i, event);
    return changed;
  }
}
