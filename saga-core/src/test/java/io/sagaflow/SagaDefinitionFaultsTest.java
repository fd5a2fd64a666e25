package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code build()} refuses, and how it says so. */
class SagaDefinitionFaultsTest {

  private static final VoidAction<String> ACTION = ctx -> {};
  private static final Compensation<String, Void> COMPENSATION = ctx -> {};

  /** One fault each, in the second step of a definition that is well-formed otherwise. */
  static Stream<Arguments> faultsOfAStep() {
    return Stream.of(
        step("no action", "it has no action", s -> s.compensation(COMPENSATION)),
        step("no compensation", "it has no compensation", s -> s.action(ACTION)),
        step(
            "no reason for no compensation",
            "withoutCompensation needs a reason",
            s -> s.action(ACTION).withoutCompensation(" ")),
        step(
            "a compensation and none",
            "it has a compensation and says that it needs none",
            s -> s.action(ACTION).compensation(COMPENSATION).readOnly()),
        step(
            "a pivot that is compensated",
            "it is the pivot, so it is never compensated: remove its compensation",
            s -> s.action(ACTION).compensation(COMPENSATION).pivot()),
        step(
            "at most once with retries",
            "atMostOnce() forbids retry(...): the action is never called a second time",
            s -> compensated(s).atMostOnce().retry(RetryPolicy.brief())),
        step(
            "an at-most-once pivot",
            "it is the pivot, so an unknown outcome is settled by calling it again: remove"
                + " atMostOnce()",
            s -> s.action(ACTION).pivot().atMostOnce()),
        step(
            "a transactional action at most once",
            "it is transactional, so it takes effect exactly once: remove atMostOnce()",
            s -> s.transactional((ctx, connection) -> {}).readOnly().atMostOnce()),
        step(
            "a transactional action with a probe",
            "it is transactional, so its outcome is never unknown: remove probe(...)",
            s -> s.transactional((ctx, connection) -> {}).readOnly().probe(ctx -> Probe.notDone())),
        step(
            "a pivot with a transactional compensation",
            "it is the pivot, so it is never compensated: remove its compensation",
            s -> s.action(ACTION).transactionalCompensation((ctx, connection) -> {}).pivot()),
        step(
            "no time",
            "timeout must be positive and at most 7 days; got PT0S",
            s -> compensated(s).timeout(Duration.ZERO)),
        step(
            "less than no time",
            "timeout must be positive and at most 7 days; got PT-1S",
            s -> compensated(s).timeout(Duration.ofSeconds(-1))),
        step(
            "more than a week",
            "timeout must be positive and at most 7 days; got PT168H0.000000001S",
            s -> compensated(s).timeout(Duration.ofDays(7).plusNanos(1))),
        step(
            "no call at a time",
            "maxConcurrent must be at least 1; got 0",
            s -> compensated(s).maxConcurrent(0)),
        step(
            "no call at all",
            "rateLimit must allow 1 to 100,000 calls; got 0",
            s -> compensated(s).rateLimit(0, Duration.ofSeconds(1))),
        step(
            "more calls than are remembered",
            "rateLimit must allow 1 to 100,000 calls; got 100001",
            s -> compensated(s).rateLimit(100_001, Duration.ofSeconds(1))),
        step(
            "a rate in no time",
            "the time of rateLimit must be positive and at most a day; got PT0S",
            s -> compensated(s).rateLimit(1, Duration.ZERO)),
        step(
            "a rate in more than a day",
            "the time of rateLimit must be positive and at most a day; got PT24H0.000000001S",
            s -> compensated(s).rateLimit(1, Duration.ofDays(1).plusNanos(1))),
        step(
            "no time to compensate",
            "compensationTimeout must be positive and at most 7 days; got PT0S",
            s -> compensated(s).compensationTimeout(Duration.ZERO)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faultsOfAStep")
  void givenFaultyStep_whenBuilt_thenItsFaultAloneIsToldWithItsPlaceAndName(
      String name, String fault, Consumer<VoidStepBuilder<String>> describe) {
    SagaDefinitionBuilder<String> builder = wellFormed();
    describe.accept(builder.step("second"));

    List<String> faults = faultsOf(builder);

    assertThat(faults).singleElement().asString().startsWith("step 2 (second): " + fault);
  }

  @Test
  void givenCompensationAfterThePivot_whenBuilt_thenItIsRefused() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder.step("pivot").action(ACTION).pivot();
    builder.step("third").action(ACTION).compensation(COMPENSATION);

    assertThat(faultsOf(builder))
        .containsExactly(
            "step 3 (third): it is after the pivot, so it is never compensated: remove its"
                + " compensation");
  }

  @Test
  void givenAtMostOnceAfterThePivot_whenBuilt_thenItIsRefused() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder.step("pivot").action(ACTION).pivot();
    builder.step("third").action(ACTION).atMostOnce();

    assertThat(faultsOf(builder))
        .containsExactly(
            "step 3 (third): it is after the pivot, so an unknown outcome is settled by calling it"
                + " again: remove atMostOnce()");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "-a", ".a", "_a", "naïve", "a:b", "a\n", "a/b"})
  void givenStepNameOfAnotherForm_whenBuilt_thenItIsRefused(String name) {
    SagaDefinitionBuilder<String> builder = wellFormed();
    compensated(builder.step(name));

    assertThat(faultsOf(builder))
        .singleElement()
        .asString()
        .startsWith("step 2 (" + name + "): the name must be 1 to 100 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "-a", "a\n", "naïve"})
  void givenDefinitionNameOfAnotherForm_whenBuilt_thenItIsRefused(String name) {
    SagaDefinitionBuilder<String> builder = SagaDefinition.named(name, String.class);
    compensated(builder.step("first"));

    assertThat(faultsOf(builder))
        .singleElement()
        .asString()
        .startsWith("the definition's name must be 1 to 100 characters")
        .endsWith("got '" + name + "'");
  }

  @Test
  void givenNamesAtTheLimit_whenBuilt_thenOneCharacterMoreIsTooMuch() {
    SagaDefinitionBuilder<String> longest = SagaDefinition.named("d".repeat(100), String.class);
    compensated(longest.step("s".repeat(100)));
    SagaDefinitionBuilder<String> tooLong = SagaDefinition.named("d".repeat(101), String.class);
    compensated(tooLong.step("s".repeat(101)));

    assertThat(longest.build().steps()).hasSize(1);
    assertThat(faultsOf(tooLong)).hasSize(2);
  }

  @Test
  void givenTwoStepsOfOneName_whenBuilt_thenTheNameIsTold() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    compensated(builder.step("first"));

    assertThat(faultsOf(builder)).containsExactly("two steps are named 'first'");
  }

  @Test
  void givenTwoPivots_whenBuilt_thenBothAreNamed() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder.step("confirm").action(ACTION).pivot();
    builder.step("ship").action(ACTION).pivot();

    assertThat(faultsOf(builder))
        .singleElement()
        .asString()
        .contains("2 pivots", "confirm", "ship", "one point of no return at most");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void givenVersionBelowOne_whenBuilt_thenItIsRefused(int version) {
    assertThat(faultsOf(wellFormed().version(version)))
        .containsExactly("the version must be at least 1; got " + version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT87600H0.000000001S", "PT2562047788015215H"})
  void givenDeadlineOutOfRange_whenBuilt_thenItIsRefused(String deadline) {
    assertThat(faultsOf(wellFormed().deadline(Duration.parse(deadline))))
        .containsExactly(
            "the deadline must be positive and at most 3,650 days; got "
                + Duration.parse(deadline));
  }

  @Test
  void givenNoSteps_whenBuilt_thenItIsRefused() {
    assertThat(faultsOf(SagaDefinition.named("empty", String.class)))
        .containsExactly("it has no steps");
  }

  @Test
  void givenAThousandSteps_whenBuilt_thenOneMoreIsTooMuch() {
    SagaDefinitionBuilder<String> builder = SagaDefinition.named("long", String.class);
    for (int i = 0; i < 1_000; i++) {
      compensated(builder.step("step-" + i));
    }

    assertThat(builder.build().steps()).hasSize(1_000);
    compensated(builder.step("step-1000"));
    assertThat(faultsOf(builder)).containsExactly("it has 1001 steps; at most 1000 are allowed");
  }

  @Test
  void givenManyFaults_whenBuilt_thenAllAreToldAtOnceInTheExceptionAndItsMessage() {
    SagaDefinitionBuilder<String> builder = SagaDefinition.named("order", String.class);
    builder.version(0).deadline(Duration.ZERO);
    builder.step("a b").compensation(COMPENSATION).timeout(Duration.ZERO);
    builder.step("twin").action(ACTION).atMostOnce().retry(RetryPolicy.none());
    compensated(builder.step("twin"));

    SagaDefinitionException failure =
        catchThrowableOfType(SagaDefinitionException.class, builder::build);

    assertThat(failure.faults())
        .hasSize(8)
        .anyMatch(fault -> fault.startsWith("the version"))
        .anyMatch(fault -> fault.startsWith("the deadline"))
        .anyMatch(fault -> fault.startsWith("two steps are named 'twin'"))
        .anyMatch(fault -> fault.startsWith("step 1 (a b): the name"))
        .anyMatch(fault -> fault.startsWith("step 1 (a b): it has no action"))
        .anyMatch(fault -> fault.startsWith("step 1 (a b): timeout"))
        .anyMatch(fault -> fault.startsWith("step 2 (twin): it has no compensation"))
        .anyMatch(fault -> fault.startsWith("step 2 (twin): atMostOnce"));
    assertThat(failure).hasMessageStartingWith("Saga definition order has 8 faults:");
    assertThat(failure.getMessage().lines().skip(1).map(line -> line.substring("  - ".length())))
        .containsExactlyElementsOf(failure.faults());
  }

  @Test
  void givenOneFault_whenBuilt_thenTheMessageSaysAFault() {
    assertThatThrownBy(
            SagaDefinition.named(" ", String.class).step("a").action(ACTION).readOnly()::build)
        .hasMessageStartingWith(
            "Saga definition (no name) has a fault:\n  - the definition's name");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 3_651})
  void givenAPauseOutOfRange_whenBuilt_thenThatIsToldWithItsPlaceAndName(long days) {
    Duration time = Duration.ofDays(days);
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder.awaitSignal(StepKey.of("paid", String.class), time).sleep("wait", time);

    assertThat(faultsOf(builder))
        .containsExactly(
            "step 2 (paid): the timeout of its signal must be positive and at most 3,650 days; got "
                + time,
            "step 3 (wait): its duration must be positive and at most 3,650 days; got " + time);
  }

  @Test
  void givenASignalWithATimeoutAfterThePivot_whenBuilt_thenThatIsAFault() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder
        .step("pay")
        .action(ACTION)
        .pivot()
        .awaitSignal(StepKey.of("paid", String.class), Duration.ofDays(1));

    assertThat(faultsOf(builder))
        .containsExactly(
            "step 3 (paid): it comes after the pivot, where there is nothing to turn back to: wait"
                + " for its signal without a timeout");
  }

  @Test
  void givenPausesWithBadNames_whenBuilt_thenTheyAreFaultsAsOfAnyStep() {
    SagaDefinitionBuilder<String> builder = wellFormed();
    builder.sleep("first", Duration.ofDays(1)).awaitSignal(StepKey.of("a b", String.class));

    assertThat(faultsOf(builder))
        .anyMatch(fault -> fault.contains("two steps are named 'first'"))
        .anyMatch(fault -> fault.startsWith("step 3 (a b): the name must be"));
  }

  private static SagaDefinitionBuilder<String> wellFormed() {
    SagaDefinitionBuilder<String> builder = SagaDefinition.named("place-order", String.class);
    compensated(builder.step("first"));
    return builder;
  }

  private static VoidStepBuilder<String> compensated(VoidStepBuilder<String> step) {
    return step.action(ACTION).compensation(COMPENSATION);
  }

  private static Arguments step(
      String name, String fault, Consumer<VoidStepBuilder<String>> describe) {
    return arguments(name, fault, describe);
  }

  private static List<String> faultsOf(SagaDefinitionBuilder<String> builder) {
    return catchThrowableOfType(SagaDefinitionException.class, builder::build).faults();
  }

  private static SagaDefinition<String> lockingChild() {
    return SagaDefinition.named("child", String.class)
        .locking(ctx -> List.of(ctx.input()))
        .step("work")
        .action(ACTION)
        .compensation(COMPENSATION)
        .build();
  }

  @Test
  void givenLocksWhereTheyCanNotBeTaken_whenBuilt_thenTheFaultSaysWhy() {
    SagaDefinitionBuilder<String> skipped = SagaDefinition.named("skipped", String.class);
    skipped.locking(ctx -> List.of("a"));
    compensated(skipped.step("first")).onlyIf(ctx -> true);
    SagaDefinitionBuilder<String> waiting = SagaDefinition.named("waiting", String.class);
    waiting.locking(ctx -> List.of("a")).sleep("night", Duration.ofHours(8));
    SagaDefinitionBuilder<String> late = SagaDefinition.named("late", String.class);
    late.step("pivot").action(ACTION).pivot();
    late.step("tail").action(ACTION).locking(ctx -> List.of("a"));
    SagaDefinitionBuilder<String> lateChild = SagaDefinition.named("late-child", String.class);
    lateChild.step("pivot").action(ACTION).pivot();
    lateChild.child("tail", lockingChild(), ctx -> ctx.input());

    assertThat(faults(skipped)).singleElement().asString().contains("it may be skipped");
    assertThat(faults(waiting)).singleElement().asString().contains("it only waits");
    assertThat(faults(late)).singleElement().asString().contains("can't give way");
    assertThat(faults(lateChild)).singleElement().asString().contains("its child", "give way");
  }

  private static List<String> faults(SagaDefinitionBuilder<String> builder) {
    return catchThrowableOfType(SagaDefinitionException.class, builder::build).faults();
  }
}
