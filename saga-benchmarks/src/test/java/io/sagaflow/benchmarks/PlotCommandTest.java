package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotCommandTest {

  @TempDir private Path directory;
  private Path results;
  private Path charts;

  @BeforeEach
  void choosePlaces() {
    results = directory.resolve("results.jsonl");
    charts = directory.resolve("charts");
  }

  @Test
  void givenResultsOfThroughput_whenTheyAreDrawn_thenALineLeadsThroughTheMedians()
      throws Exception {
    Files.write(
        results,
        List.of(
            "throughput, in flight 1",
            throughput(1, 1_000),
            throughput(64, 6_000),
            throughput(64, 10_000),
            throughput(64, 1),
            throughput(8, 5_000)));

    Run run = Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(circles(charts.resolve("throughput.svg")))
        .containsExactly("76.0,311.3", "388.0,100.7", "700.0,48.0");
  }

  @Test
  void givenResultsOfThroughput_whenTheyAreDrawn_thenLatencyHasALineForEachPercentile()
      throws Exception {
    Files.write(results, List.of(throughput(1, 1_000), throughput(8, 5_000)));

    Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(elements(charts.resolve("latency.svg"), "polyline")).hasSize(2);
    assertThat(texts(charts.resolve("latency.svg")))
        .contains("p50, happy, steps 3, lanes default", "p99, happy, steps 3, lanes default");
  }

  @Test
  void givenResultsOfHistory_whenTheyAreDrawn_thenBothThroughputsAreShown() throws Exception {
    Files.write(
        results,
        List.of(
            "{\"command\":\"history\",\"rows\":1000,\"sagas_per_s\":90,\"empty_sagas_per_s\":100}"));

    Run run = Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(run.out()).contains("history.svg").doesNotContain("throughput.svg");
    assertThat(elements(charts.resolve("history.svg"), "polyline")).hasSize(2);
  }

  @Test
  void givenResultsOfBaseline_whenTheyAreDrawn_thenTheHandWrittenSagasHaveALine() throws Exception {
    Files.write(
        results,
        List.of("{\"command\":\"baseline\",\"in_flight\":64,\"hand_written_sagas_per_s\":700}"));

    Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(texts(charts.resolve("throughput.svg"))).contains("hand-written");
  }

  @Test
  void givenAFileWithoutResults_whenItIsDrawn_thenThatIsSaid() throws Exception {
    Files.write(results, List.of("sagas per s  685"));

    Run run = Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("There is no result in").contains("--json");
  }

  @Test
  void givenNoSuchFile_whenItIsDrawn_thenThatIsSaid() {
    Run run = Run.of("plot", "--out", charts.toString(), results.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("results.jsonl can't be read");
  }

  private static String throughput(int inFlight, int sagasPerSecond) {
    return "{\"command\":\"throughput\",\"mode\":\"happy\",\"steps\":3,\"lanes\":\"default\""
        + (",\"in_flight\":" + inFlight + ",\"sagas_per_s\":" + sagasPerSecond)
        + ",\"p50_ms\":3.5,\"p99_ms\":9}";
  }

  private static List<String> circles(Path svg) throws Exception {
    return elements(svg, "circle").stream()
        .map(circle -> circle.getAttribute("cx") + "," + circle.getAttribute("cy"))
        .toList();
  }

  private static List<String> texts(Path svg) throws Exception {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private static List<Element> elements(Path svg, String name) throws Exception {
    NodeList nodes = parse(svg).getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static Document parse(Path svg) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
  }
}
