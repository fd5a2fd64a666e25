package io.sagaflow.machine;

import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A saga definition as the machine sees it: a definition compiled to plain data.
 *
 * @param definition which definition it is
 * @param steps its steps in order
 * @param recordLimit how long a journal may grow through retries before the saga is stuck
 */
public record Plan(DefinitionRef definition, List<PlannedStep> steps, int recordLimit) {

  /** Copies the list; refuses an empty one. */
  public Plan {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a plan has at least one step");
    }
  }

  /**
   * Identifies what a journal depends on: the steps' names, kinds and order, which of them have a
   * compensation, and which are at-most-once. FNV-1a, 64 bits.
   *
   * @return 16 hexadecimal digits
   */
  public String fingerprint() {
    String shape = steps.stream().map(PlannedStep::shape).collect(Collectors.joining("\n"));
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
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  PlannedStep step(int index) {
    return steps.get(index);
  }

  boolean isCompensatable(int index) {
    return step(index).kind() == StepKind.COMPENSATABLE;
  }
}
