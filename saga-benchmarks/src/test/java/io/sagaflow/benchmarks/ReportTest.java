package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

  private final Report report =
      new Report("throughput")
          .parameter("in_flight", 64)
          .parameter("mode", Mode.ROLLBACK)
          .figure("sagas_per_s", 12_345.678)
          .figure("sagas", 99L)
          .server(new ServerSettings("18.1", Map.of("fsync", "on")));

  @Test
  void givenAReport_whenItIsWrittenAsJson_thenItIsOneFlatLineWithWhatItWasMeasuredOn()
      throws Exception {
    String json = report.json();

    JsonNode read = JsonMapper.builder().build().readTree(json);
    assertThat(json).doesNotContain("\n");
    assertThat(read.get("command").asText()).isEqualTo("throughput");
    assertThat(read.get("in_flight").asInt()).isEqualTo(64);
    assertThat(read.get("mode").asText()).isEqualTo("rollback");
    assertThat(read.get("sagas_per_s").asDouble()).isEqualTo(12_346);
    assertThat(read.get("sagas").asLong()).isEqualTo(99);
    assertThat(read.at("/versions/postgresql").asText()).isEqualTo("18.1");
    assertThat(read.at("/versions/cpus").asInt()).isPositive();
    assertThat(read.at("/postgresql_settings/fsync").asText()).isEqualTo("on");
  }

  @Test
  void givenAReport_whenItIsWrittenForPeople_thenItSaysUnderWhichConditions() {
    String text = report.text();

    assertThat(text).contains("throughput, in flight 64, mode rollback");
    assertThat(text).contains("fsync on").contains("postgresql 18.1");
    assertThat(text).containsPattern("sagas per s +12,346");
  }
}
