package io.sagaflow.machine;

import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A saga definition as the machine sees it: a definition compiled to plain data. Steps are numbered
 * so that each comes after those that it waits for. Immutable.
 */
public final class Plan {

  private final DefinitionRef definition;
  private final List<PlannedStep> steps;
  private final int recordLimit;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<Integer> pauses;

  /**
   * Creates a plan.
   *
   * @param definition which definition it is
   * @param steps its steps in order, at least one
   * @param recordLimit how long a journal may grow through retries before the saga is stuck
   * @throws IllegalArgumentException if there is no step, or one waits for itself or a later one
   */
  public Plan(DefinitionRef definition, List<PlannedStep> steps, int recordLimit) {
    this.definition = definition;
    this.steps = List.copyOf(steps);
    this.recordLimit = recordLimit;
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a plan has at least one step");
    }
    this.pauses =
        IntStream.range(0, steps.size())
            .filter(index -> step(index).pause().isPresent())
            .boxed()
            .toList();
    for (int i = 0; i < steps.size(); i++) {
      indexes.put(step(i).name(), i);
      for (int earlier : step(i).after()) {
        if (earlier < 0 || earlier >= i) {
          throw new IllegalArgumentException(
              "step " + i + " can't wait for step " + earlier + ": only for earlier ones");
        }
      }
    }
  }

  /**
   * Returns which definition it is.
   *
   * @return the name and version
   */
  public DefinitionRef definition() {
    return definition;
  }

  /**
   * Returns the steps in order.
   *
   * @return the steps, at least one
   */
  public List<PlannedStep> steps() {
    return steps;
  }

  int recordLimit() {
    return recordLimit;
  }

  /**
   * Describes what a journal depends on, so that {@link ShapeChange} can tell what has changed.
   *
   * @return a line for each step
   */
  public String shape() {
    return IntStream.range(0, steps.size())
        .mapToObj(index -> step(index).shape(index))
        .collect(Collectors.joining("\n"));
  }

  /**
   * Identifies what a journal depends on: the steps' names, kinds and order, what each waits for,
   * and their {@linkplain Trait traits}. FNV-1a, 64 bits.
   *
   * @return 16 hexadecimal digits
   */
  public String fingerprint() {
    String shape = shape();
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < shape.length(); i++) {
      hash = (hash ^ shape.charAt(i)) * 0x100000001b3L;
    }
    return String.format("%016x", hash);
  }

  /**
   * Finds a step.
   *
   * @param name its name
   * @return its index, or -1
   */
  public int indexOf(String name) {
    return indexes.getOrDefault(name, -1);
  }

  PlannedStep step(int index) {
    return steps.get(index);
  }

  /** The steps that wait, in order. */
  List<Integer> pauses() {
    return pauses;
  }

  boolean isCompensatable(int index) {
    return step(index).kind() == StepKind.COMPENSATABLE;
  }
}
