package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each command with tiny numbers: that it measures, and what can be said without a clock. */
class CommandsTest {

  @Test
  void givenALoneSaga_whenThroughputIsMeasured_thenItCostsFourCommitsAndRoundTrips() {
    JsonNode result = measure("throughput --in-flight 1 --seconds 1 --warm-up 1");

    assertThat(result.get("commits_per_saga").asDouble()).isBetween(3.9, 6.0);
    assertThat(result.get("round_trips_per_saga").asDouble()).isBetween(3.9, 6.0);
    assertThat(result.get("rows_per_saga").asDouble()).isEqualTo(5);
    assertThat(result.get("wal_bytes_per_saga").asDouble()).isBetween(500.0, 50_000.0);
    assertPositive(result, "sagas_per_s", "p50_ms", "p99_ms", "max_ms", "jvm_cpu_us_per_saga");
    assertPositive(result, "allocated_bytes_per_saga", "seconds", "in_flight_reached");
  }

  @Test
  void givenRollback_whenThroughputIsMeasured_thenTheCompensationsAreJournaled() {
    JsonNode result =
        measure("throughput --mode rollback --in-flight 8 --nodes 2 --seconds 1 --warm-up 0");

    assertThat(result.get("rows_per_saga").asDouble()).isEqualTo(8);
    assertThat(result.get("mode").asText()).isEqualTo("rollback");
    assertThat(result.get("nodes").asInt()).isEqualTo(2);
  }

  @Test
  void givenMixed_whenThroughputIsMeasured_thenOneOfTenRollsBack() {
    JsonNode result = measure("throughput --mode mixed --in-flight 8 --seconds 1 --warm-up 0");

    assertThat(result.get("rows_per_saga").asDouble()).isBetween(5.1, 5.5);
  }

  @Test
  void givenAnEngine_whenTheFloorIsMeasured_thenItsRowsAreCompared() {
    JsonNode result = measure("floor --in-flight 8 --seconds 1 --warm-up 0 --rounds 1");

    assertThat(result.get("ratio").asDouble()).isPositive();
    assertPositive(result, "rows_per_s", "floor_rows_per_s", "single_row_commits_per_s");
  }

  @Test
  void givenWaysToWriteABatch_whenTheyAreCompared_thenEachWasTaken() {
    JsonNode result = measure("forms --rows 3 --rounds 1 --seconds 1");

    assertPositive(result, "unnest_us_per_batch", "values_us_per_batch", "copy_us_per_batch");
    assertPositive(result, "unnest_text_us_per_batch", "unnest_jsonb_us_per_batch");
  }

  @Test
  void givenHandWrittenSagas_whenTheBaselineIsMeasured_thenTheyCostFiveCommits() {
    JsonNode result = measure("baseline --in-flight 8 --seconds 1 --warm-up 0 --rounds 1");

    // of five, but the server may report a few later than they are read
    assertThat(result.get("hand_written_commits_per_saga").asDouble()).isBetween(4.9, 5.6);
    assertThat(result.get("hand_written_pool").asInt()).isIn(4, 8);
    assertPositive(result, "ratio", "latency_ratio", "hand_written_sagas_per_s");
  }

  @Test
  void givenSagasInFlight_whenTheirRecoveryIsMeasured_thenAllRunAgain() {
    JsonNode result = measure("recovery --sagas 300");

    assertThat(result.get("sagas").asInt()).isEqualTo(300);
    assertPositive(result, "seconds", "sagas_per_s");
    assertThat(result.get("all_ended_seconds").asDouble())
        .isGreaterThanOrEqualTo(result.get("seconds").asDouble());
  }

  @Test
  void givenParkedSagas_whenCommandsAreSent_thenTheyAreWoken() {
    JsonNode result = measure("parked --sagas 200 --commands 5 --poll-ms 50");

    assertPositive(result, "p50_ms", "p99_ms", "max_ms", "heap_bytes");
    assertThat(result.get("heap_bytes_per_saga").asDouble()).isNotNegative();
  }

  @Test
  void givenManySagas_whenTheyAreAskedFor_thenEachAnswerIsTimed() {
    JsonNode result = measure("queries --rows 5000 --times 3");

    assertPositive(result, "find_by_id_p50_ms", "list_stuck_p50_ms", "list_nobodys_p99_ms");
    assertPositive(result, "counts_p50_ms", "unrunnable_p50_ms", "purge_batch_of_500_p50_ms");
  }

  @Test
  void givenHistory_whenItIsMeasured_thenItIsComparedWithNone() {
    JsonNode result =
        measure(
            "history --rows 1000 --recovered 50 --in-flight 8 --seconds 1 --warm-up 0 --rounds 1");

    assertThat(result.get("history_sagas").asInt()).isEqualTo(200);
    assertPositive(result, "ratio", "recovery_ratio", "sagas_per_s", "empty_sagas_per_s");
  }

  @Test
  void givenNoDatabase_whenTheEngineAloneIsMeasured_thenStepsAndAllocationAreTold() {
    Run run = Run.of("memory --seconds 1 --warm-up 0 --forks 0 --json".split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertPositive(run.json(), "steps_per_s", "steps_per_cpu_s", "default_threads_steps_per_s");
    assertPositive(run.json(), "allocated_bytes_per_saga", "codec_records_per_s");
    assertThat(run.json().get("steps_per_s").asDouble() / run.json().get("sagas_per_s").asDouble())
        .isBetween(2.99, 3.01);
  }

  private static JsonNode measure(String command) {
    List<String> args = new ArrayList<>(List.of(command.split(" ")));
    args.addAll(List.of("--json", "--url", DurableServer.url()));
    Run run = Run.of(args.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.json();
  }

  private static void assertPositive(JsonNode result, String... keys) {
    for (String key : keys) {
      assertThat(result.path(key).asDouble()).as(key + " of " + result).isPositive();
    }
  }
}
