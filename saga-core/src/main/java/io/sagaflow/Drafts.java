package io.sagaflow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The steps of a definition while they are being described, and what the next one waits for. */
final class Drafts<I> {

  private final List<StepDraft<I, ?>> steps = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  /** The steps that the next one waits for. */
  private List<Integer> ends = List.of();

  private int depth;

  List<StepDraft<I, ?>> steps() {
    return steps;
  }

  /** What is wrong with the blocks. */
  List<String> faults() {
    return faults;
  }

  boolean isInBlock() {
    return depth > 0;
  }

  <R> StepDraft<I, R> add(StepKey<R> key) {
    StepDraft<I, R> draft = new StepDraft<>(key, ends, isInBlock());
    ends = List.of(steps.size());
    steps.add(draft);
    return draft;
  }

  /** Each branch begins behind what is there; what follows waits for the ends of all. */
  void parallel(SagaDefinitionBuilder<I> saga, List<Consumer<Branch<I>>> branches) {
    if (branches.size() < 2) {
      faults.add("a parallel block has " + branches.size() + " branch(es); it needs two at least");
    }
    List<Integer> begin = ends;
    Collection<Integer> joined = new TreeSet<>();
    depth++;
    for (Consumer<Branch<I>> branch : branches) {
      ends = begin;
      int before = steps.size();
      branch.accept(new Branch<>(saga));
      if (steps.size() == before) {
        faults.add("a branch of a parallel block has no steps");
      }
      joined.addAll(ends);
    }
    depth--;
    ends = List.copyOf(joined);
  }
}
