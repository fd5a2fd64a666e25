package io.sagaflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plan that sagas of one kind follow: ordered steps, each with an action and a compensation.
 * Immutable and thread-safe; one definition serves any number of sagas and coordinators.
 *
 * <p>Names of definitions and steps have 1 to 100 characters of {@code A-Z a-z 0-9 . _ -} and begin
 * with a letter or digit.
 *
 * <p>The shape is Garcia-Molina and Salem's (Sagas, 1987), with the pivot of Mehrotra et al.
 * (1992).
 *
 * @param <I> the saga's input
 */
public final class SagaDefinition<I> {

  private final String name;
  private final int version;
  private final Class<I> inputType;
  private final Optional<Duration> deadline;
  private final CallLimit limit;
  private final List<StepDefinition<I, ?>> steps;

  SagaDefinition(
      String name,
      int version,
      Class<I> inputType,
      Optional<Duration> deadline,
      CallLimit limit,
      List<StepDefinition<I, ?>> steps) {
    this.name = name;
    this.version = version;
    this.inputType = inputType;
    this.deadline = deadline;
    this.limit = limit;
    this.steps = List.copyOf(steps);
  }

  /**
   * Begins a definition.
   *
   * @param name the definition's name
   * @param inputType the class of the saga's input
   * @param <I> the type of the saga's input
   * @return a builder, to be completed by {@code build()}
   */
  public static <I> SagaDefinitionBuilder<I> named(String name, Class<I> inputType) {
    return new SagaDefinitionBuilder<>(name, inputType);
  }

  /**
   * Returns the definition's name.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the definition's version.
   *
   * @return the version, at least 1
   */
  public int version() {
    return version;
  }

  /**
   * Returns the class of the saga's input.
   *
   * @return the class
   */
  public Class<I> inputType() {
    return inputType;
  }

  /**
   * Returns how long after its start a saga may go forward.
   *
   * @return the time, or empty for no bound
   */
  public Optional<Duration> deadline() {
    return deadline;
  }

  /**
   * Returns how many calls of all steps together a coordinator makes at a time.
   *
   * @return the limit
   */
  public CallLimit limit() {
    return limit;
  }

  /**
   * Returns whether sagas of this definition, or their children, take semantic locks.
   *
   * @return true if any step has {@code locking(...)}
   */
  public boolean locks() {
    return steps.stream().anyMatch(SagaDefinition::locks);
  }

  private static boolean locks(StepDefinition<?, ?> step) {
    return step.locking().isPresent()
        || step.child().map(child -> child.definition().locks()).orElse(false);
  }

  /**
   * Returns the steps in their order.
   *
   * @return the steps, at least one
   */
  public List<StepDefinition<I, ?>> steps() {
    return steps;
  }

  /**
   * Returns this definition with other calls in it: to the journal and to every saga in flight it
   * is the same. Steps whose calls the coordinator makes itself - transactional ones, waits,
   * children - stay as they are.
   *
   * @param decorator says what is called in the place of each action and compensation
   * @return a copy; sagas are started with the one that is registered
   */
  public SagaDefinition<I> decorated(StepDecorator<I> decorator) {
    List<StepDefinition<I, ?>> copies = new ArrayList<>();
    steps.forEach(step -> copies.add(step.decorated(decorator)));
    return new SagaDefinition<>(name, version, inputType, deadline, limit, copies);
  }

  /**
   * Draws this definition as a Mermaid flow chart: the steps, forks and joins, what undoes what,
   * and where the point of no return is.
   *
   * @return the chart, without a fence around it
   */
  public String toMermaid() {
    return new DefinitionChart(steps).draw();
  }

  @Override
  public String toString() {
    return name + " v" + version;
  }
}
