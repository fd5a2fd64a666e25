package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.Action;
import io.sagaflow.Probe;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDecorator;
import io.sagaflow.StepDefinition;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.StoredRecord;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A definition with other calls is the same to the journal, and to everything else. */
class DefinitionCopyTest {

  private static final Set<String> CALLS = Set.of("action", "compensation", "toString");

  private final SagaDefinition<String> original =
      SagaDefinition.named("original", String.class)
          .version(3)
          .deadline(Duration.ofHours(1))
          .step("first", Integer.class)
          .action(ctx -> 1)
          .compensation(ctx -> {})
          .retry(RetryPolicy.brief())
          .compensationRetry(RetryPolicy.fixed(Duration.ofSeconds(3)))
          .timeout(Duration.ofSeconds(4))
          .compensationTimeout(Duration.ofSeconds(5))
          .rejectedBy(IllegalStateException.class)
          .retryOn(IOException.class, RuntimeException.class)
          .abortOn(IllegalArgumentException.class)
          .step("second")
          .action(ctx -> {})
          .withoutCompensation("it needs none")
          .atMostOnce()
          .parallel(
              branch -> branch.step("left").action(ctx -> {}).compensation(ctx -> {}),
              branch ->
                  branch
                      .step("right")
                      .action(ctx -> {})
                      .compensation(ctx -> {})
                      .onlyIf(ctx -> true)
                      .probe(ctx -> Probe.notDone()))
          .step("third")
          .action(ctx -> {})
          .pivot()
          .step("fourth")
          .action(ctx -> {})
          .build();

  private final SagaDefinition<String> copy = DefinitionCopy.of(original, new Unchanged());

  private static final class Unchanged implements StepDecorator<String> {

    @Override
    public <R> Action<String, R> action(StepDefinition<String, R> step, Action<String, R> action) {
      return ctx -> action.run(ctx);
    }
  }

  /** Whatever accessor a definition is given one day, its copy has to answer alike. */
  @Test
  void givenADefinition_whenCopied_thenEverythingButItsCallsIsTheSame() {
    assertThat(properties(copy, "steps")).isEqualTo(properties(original, "steps"));
    assertThat(copy.steps()).hasSameSizeAs(original.steps());
    IntStream.range(0, copy.steps().size())
        .forEach(
            i ->
                assertThat(properties(copy.steps().get(i), ""))
                    .hasSizeGreaterThanOrEqualTo(9)
                    .isEqualTo(properties(original.steps().get(i), "")));
  }

  @Test
  void givenADefinition_whenCopied_thenEachStepIsCompensatedAsBefore() {
    assertThat(copy.steps())
        .extracting(step -> step.compensation().isPresent())
        .containsExactly(true, false, true, true, false, false);
  }

  @Test
  void givenACopy_whenItsSagaIsStarted_thenTheJournalHasTheSameFingerprint() {
    assertThat(fingerprint(copy)).isEqualTo(fingerprint(original));
  }

  private static String fingerprint(SagaDefinition<String> definition) {
    InMemorySagaStore store = new InMemorySagaStore();
    VirtualNode node =
        new VirtualTime().start(SagaCoordinator.builder().store(store).register(definition));
    StoredRecord started =
        store
            .load(node.coordinator().start(definition, "key", "input").id())
            .orElseThrow()
            .journal()
            .get(0);
    return String.valueOf(started.code());
  }

  private static Map<String, Object> properties(Object of, String except) {
    Map<String, Object> properties = new TreeMap<>();
    List<Method> accessors =
        Arrays.stream(of.getClass().getMethods())
            .filter(method -> method.getDeclaringClass() == of.getClass())
            .filter(method -> method.getParameterCount() == 0)
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .filter(method -> !CALLS.contains(method.getName()) && !method.getName().equals(except))
            .toList();
    for (Method accessor : accessors) {
      try {
        properties.put(accessor.getName(), accessor.invoke(of));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("Can't read " + accessor, e);
      }
    }
    return properties;
  }
}
