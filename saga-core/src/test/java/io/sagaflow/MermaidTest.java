package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Definitions and histories as people see them. */
class MermaidTest {

  private static final SagaDefinition<String> PACK =
      SagaDefinition.named("pack", String.class)
          .step("pick")
          .action(ctx -> {})
          .compensation(ctx -> {})
          .build();

  private static final SagaDefinition<String> DELIVER =
      SagaDefinition.named("deliver", String.class)
          .step("open")
          .action(ctx -> {})
          .compensation(ctx -> {})
          .parallel(
              branch ->
                  branch
                      .step("courier")
                      .action(ctx -> {})
                      .compensation(ctx -> {})
                      .onlyIf(ctx -> true),
              branch -> branch.child("pack", PACK, ctx -> ctx.input()))
          .awaitSignal(StepKey.of("ready", String.class), Duration.ofHours(2))
          .step("hand-over")
          .action(ctx -> {})
          .pivot()
          .step("mail")
          .action(ctx -> {})
          .build();

  @Test
  void givenADefinition_whenDrawn_thenForksJoinsPivotAndCompensationsAreThere() {
    assertThat(DELIVER.toMermaid())
        .isEqualTo(
            """
            flowchart TD
              start((start))
              s0["open"]
              s1["courier"]
              s2[["pack: saga pack v1"]]
              s3>"ready: awaits a signal for PT2H"]
              s4{{"hand-over: pivot"}}
              s5(["mail"])
              finish((end))
              start --> s0
              s0 -- if it holds --> s1
              s0 --> s2
              s1 --> s3
              s2 --> s3
              s3 --> s4
              s4 --> s5
              s5 --> finish
              s0 -. undone by .-> c0["compensation of open"]
              s1 -. undone by .-> c1["compensation of courier"]
              s2 -. undone by .-> c2["compensation of pack"]
            """);
  }

  @Test
  void givenAHistory_whenDrawn_thenAttemptsAndTheTurnAreThere() {
    SagaTimeline timeline =
        new SagaTimeline(
            List.of(
                event(1, 0, RecordKind.SAGA_STARTED, null, 0, null),
                event(2, 5, RecordKind.STEP_COMPLETED, "reserve-stock", 1, null),
                event(3, 20, RecordKind.ACTION_FAILED, "charge", 1, "timed out"),
                event(4, 90, RecordKind.STEP_REJECTED, "charge", 2, "declined"),
                event(5, 90, RecordKind.SAGA_TURNED_BACK, null, 0, "Step charge was rejected"),
                event(6, 95, RecordKind.STEP_COMPENSATED, "reserve-stock", 1, null),
                event(7, 95, RecordKind.SAGA_COMPENSATED, null, 0, null)));

    assertThat(timeline.toMermaid())
        .isEqualTo(
            """
            sequenceDiagram
              participant saga
              participant step_reserve_stock as reserve-stock
              participant step_charge as charge
              Note over saga: 0 ms SAGA_STARTED
              saga->>step_reserve_stock: action, attempt 1
              step_reserve_stock-->>saga: 5 ms STEP_COMPLETED
              saga->>step_charge: action, attempt 1
              step_charge--xsaga: 20 ms ACTION_FAILED<br/>timed out
              saga->>step_charge: action, attempt 2
              step_charge--xsaga: 90 ms STEP_REJECTED<br/>declined
              Note over saga: 90 ms SAGA_TURNED_BACK<br/>Step charge was rejected
              saga->>step_reserve_stock: compensation, attempt 1
              step_reserve_stock-->>saga: 95 ms STEP_COMPENSATED
              Note over saga: 95 ms SAGA_COMPENSATED
            """);
  }

  @Test
  void givenHostileTexts_whenDrawn_thenTheyStayTexts() {
    String hostile = "a\nb; <script>\"x\"</script> #end % {}";
    SagaTimeline timeline =
        new SagaTimeline(
            List.of(
                event(1, 0, RecordKind.SAGA_STARTED, null, 0, null),
                event(2, 1, RecordKind.STEP_REJECTED, "charge", 1, hostile),
                event(3, 1, RecordKind.SAGA_STUCK, null, 0, "x".repeat(500))));

    String drawn = timeline.toMermaid();

    assertThat(drawn)
        .contains("a b#59; #60;script#62;#34;x#34;#60;/script#62; #35;end #37; #123;#125;")
        .contains("x".repeat(120) + "...")
        .doesNotContain("<script>", "x".repeat(121));
    assertThat(drawn.lines()).hasSize(7);
  }

  @Test
  void givenNoEvents_whenATimelineIsMade_thenItIsRefused() {
    List<SagaEvent> none = List.of();

    assertThatThrownBy(() -> new SagaTimeline(none)).hasMessageContaining("at least one event");
  }

  private static SagaEvent event(
      long seq, long millis, RecordKind kind, String step, int attempt, String detail) {
    return new SagaEvent(
        new SagaId(new UUID(1, 2)),
        seq,
        Instant.EPOCH.plusMillis(millis),
        kind,
        Optional.ofNullable(step),
        attempt,
        Optional.empty(),
        Optional.ofNullable(detail));
  }
}
