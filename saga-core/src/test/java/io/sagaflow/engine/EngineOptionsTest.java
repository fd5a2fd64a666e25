package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder of coordinators refuses, and that every setting arrives. */
class EngineOptionsTest {

  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A setting with a value that can't work. */
  record Impossible(String setting, SagaCoordinatorBuilder builder) {

    @Override
    public String toString() {
      return setting;
    }
  }

  static Stream<Impossible> impossible() {
    return Stream.of(
        new Impossible("leaseDuration", builder().leaseDuration(Duration.ZERO)),
        new Impossible("leaseDuration", builder().leaseDuration(SECOND.negated())),
        new Impossible("leaseDuration", builder().leaseDuration(Duration.ofMillis(499))),
        new Impossible("leaseDuration", builder().leaseDuration(Duration.ofDays(1).plusNanos(1))),
        new Impossible("leaseDuration", builder().leaseDuration(FOREVER)),
        new Impossible("pollInterval", builder().pollInterval(Duration.ZERO)),
        new Impossible("pollInterval", builder().pollInterval(SECOND.negated())),
        new Impossible("drainTimeout", builder().drainTimeout(Duration.ofNanos(-1))),
        new Impossible("interruptGrace", builder().interruptGrace(Duration.ZERO)),
        new Impossible("parkAfter", builder().parkAfter(Duration.ZERO)),
        new Impossible("storeTimeout", builder().storeTimeout(Duration.ZERO)),
        new Impossible("startPatience", builder().startPatience(Duration.ofNanos(-1))),
        new Impossible("nodeName", builder().nodeName("")),
        new Impossible("nodeName", builder().nodeName(" \t")),
        new Impossible("nodeName", builder().nodeName("n".repeat(101))),
        new Impossible("nodeName", builder().nodeName("node\0one")),
        new Impossible("nodeName", builder().nodeName("node\none")),
        new Impossible("nodeName", builder().nodeName("node\ud800")),
        new Impossible("maxPayloadBytes", builder().maxPayloadBytes(0)),
        new Impossible("maxPayloadBytes", builder().maxPayloadBytes((16 << 20) + 1)),
        new Impossible("maxPayloadBytes", builder().maxPayloadBytes(Integer.MAX_VALUE)),
        new Impossible("maxRecoveries", builder().maxRecoveries(0)),
        new Impossible("maxJournalRecords", builder().maxJournalRecords(99)),
        new Impossible("maxSagasInMemory", builder().maxSagasInMemory(0)));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void givenImpossibleSetting_whenStarted_thenItIsRefusedByName(Impossible impossible) {
    assertThatThrownBy(() -> impossible.builder().start().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(impossible.setting());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.5S", "PT24H"})
  void givenLeaseAtTheEdge_whenStarted_thenItIsTaken(String lease) {
    SagaCoordinatorBuilder builder = builder().leaseDuration(Duration.parse(lease));

    assertThatCode(() -> builder.start().close()).doesNotThrowAnyException();
  }

  /** Nobody waits for these, but they must not overflow. */
  @Test
  void givenEndlessTimes_whenASagaRuns_thenItCompletes() {
    SagaDefinition<String> definition =
        SagaDefinition.named("d", String.class).step("s").action(ctx -> {}).readOnly().build();
    SagaCoordinatorBuilder builder =
        builder()
            .register(definition)
            .pollInterval(FOREVER)
            .drainTimeout(FOREVER)
            .interruptGrace(FOREVER)
            .parkAfter(FOREVER)
            .storeTimeout(FOREVER);

    try (SagaCoordinator coordinator = builder.start()) {
      boolean completed = coordinator.start(definition, "k", "input").await(FOREVER).isCompleted();

      assertThat(completed).isTrue();
    }
  }

  @Test
  void givenLease_whenAsked_thenItIsRenewedOftenAndTrustedForLessThanOthersWait() {
    EngineOptions options =
        new EngineOptions(
            "n",
            Duration.ofSeconds(10),
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            EngineOptions.Limits.DEFAULTS,
            false);

    assertThat(options.beat()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.leaseValidityNanos()).isEqualTo(8_000_000_000L);
  }

  @Test
  void givenNoStore_whenStarted_thenTheMessageSaysWhatToCall() {
    assertThatThrownBy(() -> SagaCoordinator.builder().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("store(...)");
  }

  @Test
  void givenTwoDefinitionsOfOneNameAndVersion_whenRegistered_thenTheSecondIsRefused() {
    SagaDefinition<String> one =
        SagaDefinition.named("d", String.class).step("s").action(ctx -> {}).readOnly().build();
    SagaDefinition<String> two =
        SagaDefinition.named("d", String.class).step("t").action(ctx -> {}).readOnly().build();
    SagaCoordinatorBuilder builder = builder().register(one);

    assertThatThrownBy(() -> builder.register(two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("d v1 is registered already");
  }

  private static SagaCoordinatorBuilder builder() {
    return SagaCoordinator.builder().store(new InMemorySagaStore());
  }
}
