package io.sagaflow.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.testkit.model.Tlc.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The protocol, model-checked: {@code docs/model/README.md} says of what and how. */
class ModelTest {

  /** TLC's exit statuses: of a state that violates an invariant, and of a behaviour. */
  private static final int BAD_STATE = 12;

  private static final int BAD_BEHAVIOUR = 13;

  /** Module, configuration, and a number of states that a run without a fault can't stay below. */
  static Stream<Arguments> configurations() {
    List<Arguments> all = new ArrayList<>();
    all.add(arguments("SagaProgress", "progress.cfg", 40_000));
    if (Boolean.getBoolean("sagaflow.soak")) {
      all.add(arguments("SagaOwnership", "large.cfg", 1_000_000));
      all.add(arguments("SagaProgress", "large-progress.cfg", 100_000));
    }
    return all.stream();
  }

  @Test
  void givenTheProtocolAsBuilt_whenEveryStateIsVisited_thenAllHoldsAndEveryActionIsTaken() {
    Tlc.Run run =
        Tlc.run(Mode.EVERY_STATE, Tlc.MODEL, "SagaOwnership", "small.cfg", "-coverage", "60");

    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.distinctStates()).isGreaterThan(100_000);
    assertThat(run.countActions()).isEqualTo(24); // with Init
    assertThat(run.untakenActions()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void givenTheProtocolAsBuilt_whenEveryStateIsVisited_thenAllHolds(
      String module, String config, long states) {
    Tlc.Run run = Tlc.run(Mode.EVERY_STATE, Tlc.MODEL, module, config);

    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.distinctStates()).isGreaterThan(states);
  }

  static Stream<Arguments> mutants() {
    return Stream.of(
        arguments("no-fence", "Action property EndsOnce"),
        arguments("fence-not-held", "Action property EndsOnce"),
        arguments("lost-ack-is-failure", "Action property EndsOnce"),
        arguments("release-ignores-owner", "Action property EndsOnce"),
        arguments("claimed-while-releasing", "Action property EndsOnce"),
        arguments("called-before-durable", "Invariant InOrder"),
        arguments("intent-ignored", "Invariant Outcome"),
        arguments("failure-is-rejection", "Invariant Outcome"),
        arguments("rejection-trusted", "Invariant Outcome"),
        arguments("not-resumed", "Invariant Outcome"),
        arguments("orphan-mark-lost", "Invariant Outcome"),
        arguments("open-call-not-marked", "Invariant Outcome"),
        arguments("once-repeated", "Invariant CalledOnce"),
        arguments("forward-order", "Invariant InReverse"),
        arguments("pivot-compensated", "Invariant PivotStands"),
        arguments("pivot-turned-back", "Invariant PivotStands"),
        arguments("no-barrier", "Invariant EffectOnce"),
        arguments("no-tombstone", "Action property NoActionAfterCompensation"));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void givenAMistakeInTheProtocol_whenStatesAreVisited_thenItIsFound(String bug, String violated) {
    Tlc.Run run =
        Tlc.run(Mode.FIRST_VIOLATION, Tlc.MODEL, "SagaOwnership", "mutants/" + bug + ".cfg");

    assertThat(run.status()).as(run.output()).isIn(BAD_STATE, BAD_BEHAVIOUR);
    assertThat(run.output()).contains("Error: " + violated + " is violated.", "State 2: <");
  }

  @Test
  void givenAClaimThatIsNeverGivenBack_whenAllFaultsAreOver_thenASagaIsSeenNotToEnd() {
    Tlc.Run run =
        Tlc.run(Mode.FIRST_VIOLATION, Tlc.MODEL, "SagaProgress", "mutants/claim-kept.cfg");

    assertThat(run.status()).as(run.output()).isEqualTo(BAD_BEHAVIOUR);
    assertThat(run.output()).contains("Temporal properties were violated", "State 2: <");
  }

  @Test
  void givenTheMutants_whenTheirFilesAreListed_thenEachIsCheckedAndSaysItsName()
      throws IOException {
    List<String> checked = mutants().map(arguments -> (String) arguments.get()[0]).toList();

    try (Stream<Path> files = Files.list(Tlc.MODEL.resolve("mutants"))) {
      assertThat(files)
          .hasSize(checked.size() + 1) // and the one of progress
          .allSatisfy(
              file ->
                  assertThat(file)
                      .content()
                      .contains("Bug = \"" + file.getFileName().toString().replace(".cfg", "")));
    }
  }
}
