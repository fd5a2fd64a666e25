package io.sagaflow.testkit.model;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepKind;
import io.sagaflow.store.NodeId;
import io.sagaflow.testkit.model.Tlc.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Asks TLC whether traces of sagas of one definition are behaviours of the model: {@code
 * docs/model/SagaTrace.tla}. One run checks many of them, as many as its memory holds.
 */
public final class TraceCheck {

  private static final Pattern REACHED = Pattern.compile("<<\"reached\", (\\d+), (\\d+)>>");

  private static final int AT_ONCE = 300;

  private TraceCheck() {}

  /**
   * Checks traces.
   *
   * @param name names the directory below {@code target} in which the run lies
   * @param definition the definition, every step of which before the pivot has a compensation
   * @param traces the traces
   * @return what of each trace is a behaviour of the model, in the order of the traces
   */
  public static List<Verdict> check(
      String name, SagaDefinition<?> definition, List<List<TraceEvent>> traces) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int from = 0; from < traces.size(); from += AT_ONCE) {
      int to = Math.min(traces.size(), from + AT_ONCE);
      verdicts.addAll(checkAtOnce(name, definition, traces.subList(from, to)));
    }
    return verdicts;
  }

  private static List<Verdict> checkAtOnce(
      String name, SagaDefinition<?> definition, List<List<TraceEvent>> traces) {
    Path directory = Path.of("target", "traces", name).toAbsolutePath();
    try {
      Files.createDirectories(directory);
      Files.copy(
          Tlc.MODEL.resolve("SagaTrace.tla"),
          directory.resolve("SagaTrace.tla"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(directory.resolve("Traces.tla"), module(traces));
      Files.writeString(directory.resolve("trace.cfg"), config(definition, traces));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Tlc.Run run = Tlc.run(Mode.FIRST_VIOLATION, directory, "SagaTrace", "trace.cfg");
    if (run.status() != 0) {
      throw new IllegalStateException("TLC failed: " + run.output());
    }
    return verdicts(run.output(), traces);
  }

  /**
   * How far a trace is a behaviour of the model.
   *
   * @param trace the trace
   * @param reached how many of its events are
   */
  public record Verdict(List<TraceEvent> trace, int reached) {

    /** Whether all of it is. */
    public boolean isAccepted() {
      return reached == trace.size();
    }

    @Override
    public String toString() {
      return isAccepted()
          ? "accepted"
          : "refused at event " + (reached + 1) + " " + trace.get(reached) + " of:\n" + told();
    }

    private String told() {
      return trace.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
  }

  private static List<Verdict> verdicts(String output, List<List<TraceEvent>> traces) {
    Map<Integer, Integer> reached = new TreeMap<>();
    Matcher matcher = REACHED.matcher(output);
    while (matcher.find()) {
      int trace = Integer.parseInt(matcher.group(1));
      reached.merge(trace, Integer.parseInt(matcher.group(2)), Math::max);
    }
    return IntStream.rangeClosed(1, traces.size())
        .mapToObj(i -> new Verdict(traces.get(i - 1), reached.getOrDefault(i, 0)))
        .toList();
  }

  private static String module(List<List<TraceEvent>> traces) {
    return traces.stream()
        .map(TraceCheck::tuple)
        .collect(
            Collectors.joining(",\n\n", "---- MODULE Traces ----\nTraces == <<\n", "\n>>\n====\n"));
  }

  private static String tuple(List<TraceEvent> trace) {
    Map<NodeId, String> names = names(trace);
    return trace.stream()
        .map(event -> event.toTla(names::get))
        .collect(Collectors.joining(",\n", "<<\n", ">>"));
  }

  private static Map<NodeId, String> names(List<TraceEvent> trace) {
    Map<NodeId, String> names = new LinkedHashMap<>();
    trace.forEach(
        event -> event.about().ifPresent(node -> names.putIfAbsent(node, name(names.size() + 1))));
    return names;
  }

  private static String name(int node) {
    return "\"n" + node + '"';
  }

  /** One node more than any trace has: the model never takes the lease of the last. */
  private static String config(SagaDefinition<?> definition, List<List<TraceEvent>> traces) {
    int nodes = traces.stream().mapToInt(trace -> names(trace).size()).max().orElse(0) + 1;
    List<? extends StepDefinition<?, ?>> steps = definition.steps();
    int pivot = steps.stream().map(StepDefinition::kind).toList().indexOf(StepKind.PIVOT);
    String once =
        IntStream.range(0, steps.size())
            .filter(i -> steps.get(i).atMostOnce())
            .mapToObj(i -> Integer.toString(i + 1))
            .collect(Collectors.joining(", "));
    return String.format(
        """
        SPECIFICATION TraceSpec
        CONSTANTS Nodes = {%s} N = %d Pivot = %d AtMostOnce = {%s} Bug = "none"
        INVARIANT Report
        CHECK_DEADLOCK FALSE
        """,
        IntStream.rangeClosed(1, nodes)
            .mapToObj(TraceCheck::name)
            .collect(Collectors.joining(", ")),
        steps.size(),
        pivot < 0 ? steps.size() + 1 : pivot + 1,
        once);
  }
}
