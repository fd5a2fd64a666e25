package io.sagaflow.examples;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A saga's history as a person reads it: when, which step, what happened. */
final class Timeline {

  /** Of these, the history's detail says nothing more. */
  private static final Set<RecordKind> PLAIN =
      EnumSet.of(
          RecordKind.SAGA_STARTED,
          RecordKind.SAGA_TURNED_BACK,
          RecordKind.SAGA_COMPLETED,
          RecordKind.SAGA_COMPENSATED);

  private record Line(Instant at, String step, String text) {}

  private final List<Line> lines = new ArrayList<>();

  Timeline(List<SagaEvent> history) {
    for (SagaEvent event : history) {
      lines.add(new Line(event.at(), event.step().orElse(""), text(event)));
    }
  }

  /** Adds what no journal can tell: that its writer was killed. */
  Timeline killed(Instant at, String what) {
    lines.add(new Line(at, "*****", what));
    lines.sort(Comparator.comparing(Line::at));
    return this;
  }

  void print(PrintStream out) {
    Instant start = lines.get(0).at();
    for (Line line : lines) {
      long millis = Duration.between(start, line.at()).toMillis();
      out.printf(Locale.ROOT, "    %6d ms  %-15s %s%n", millis, line.step(), line.text());
    }
  }

  private static String text(SagaEvent event) {
    String why = event.detail().map(detail -> ": " + detail).orElse("");
    return what(event.kind()) + (PLAIN.contains(event.kind()) ? "" : why);
  }

  private static String what(RecordKind kind) {
    return switch (kind) {
      case SAGA_STARTED -> "saga started";
      case SAGA_RESUMED -> "taken over from a coordinator that died";
      case STEP_STARTED -> "about to be called";
      case STEP_SKIPPED -> "skipped";
      case STEP_COMPLETED -> "done";
      case ACTION_FAILED -> "failed, to be tried again";
      case STEP_REJECTED -> "REJECTED, surely without effect";
      case STEP_UNKNOWN -> "UNKNOWN whether it took effect";
      case PROBE_FAILED -> "no answer what became of it, to be asked again";
      case SAGA_TURNED_BACK -> "turning back";
      case STEP_COMPENSATED -> "compensated";
      case COMPENSATION_FAILED -> "compensation failed, to be tried again";
      case SAGA_COMPLETED -> "COMPLETED";
      case SAGA_COMPENSATED -> "COMPENSATED";
      case SAGA_STUCK -> "STUCK";
      case SAGA_RETRIED -> "sent on by an operator";
      case SIGNAL_RECEIVED -> "signal received";
      case STEP_MARKED_DONE -> "done, says an operator";
      case STEP_MARKED_NOT_DONE -> "not done, says an operator";
      case COMPENSATION_SKIPPED -> "not compensated, by an operator's will";
      case SAGA_FORCED_FORWARD -> "forced forward by an operator";
      case COMMAND_REFUSED -> "a command was refused";
    };
  }
}
