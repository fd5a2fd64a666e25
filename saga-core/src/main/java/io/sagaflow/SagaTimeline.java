package io.sagaflow;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What happened to one saga, to be drawn. Immutable.
 *
 * @param events its history, as {@link SagaCoordinator#history} returns it; at least one event
 */
public record SagaTimeline(List<SagaEvent> events) {

  private static final int LONGEST_TEXT = 120;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no event
   */
  public SagaTimeline {
    events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("A history has at least one event");
    }
  }

  /**
   * Draws the saga as a Mermaid sequence diagram: each attempt of an action or compensation as a
   * call of its step, with what came of it, and what concerns the whole saga as a note. Times count
   * from the start. Texts that users brought are cut and escaped.
   *
   * @return the diagram, without a fence around it
   */
  public String toMermaid() {
    StringBuilder text = new StringBuilder(512).append("sequenceDiagram\n  participant saga\n");
    steps()
        .forEach(
            step ->
                text.append("  participant ")
                    .append(id(step))
                    .append(" as ")
                    .append(step)
                    .append('\n'));
    Instant start = events.get(0).at();
    for (SagaEvent event : events) {
      long millis = Duration.between(start, event.at()).toMillis();
      text.append(event.step().isPresent() ? call(event, millis) : note(event, millis));
    }
    return text.toString();
  }

  private Set<String> steps() {
    Set<String> steps = new LinkedHashSet<>();
    events.forEach(event -> event.step().ifPresent(steps::add));
    return steps;
  }

  private static String call(SagaEvent event, long millis) {
    String step = id(event.step().orElseThrow());
    String told = millis + " ms " + event.kind() + detail(event);
    return switch (event.kind()) {
      case STEP_COMPLETED, STEP_COMPENSATED ->
          "  saga->>" + step + ": " + attempt(event) + "\n  " + step + "-->>saga: " + told + "\n";
      case ACTION_FAILED, STEP_REJECTED, STEP_UNKNOWN, PROBE_FAILED, COMPENSATION_FAILED ->
          "  saga->>" + step + ": " + attempt(event) + "\n  " + step + "--xsaga: " + told + "\n";
      default -> "  Note over saga," + step + ": " + told + "\n";
    };
  }

  private static String attempt(SagaEvent event) {
    boolean backward =
        event.kind() == RecordKind.STEP_COMPENSATED
            || event.kind() == RecordKind.COMPENSATION_FAILED;
    return (backward ? "compensation" : "action") + ", attempt " + event.attempt();
  }

  private static String note(SagaEvent event, long millis) {
    return "  Note over saga: " + millis + " ms " + event.kind() + detail(event) + "\n";
  }

  private static String detail(SagaEvent event) {
    return event.detail().map(detail -> "<br/>" + escaped(detail)).orElse("");
  }

  /** Mermaid's entities, for whatever would end a text or be taken for markup. */
  private static String escaped(String detail) {
    String cut =
        detail.length() > LONGEST_TEXT ? detail.substring(0, LONGEST_TEXT) + "..." : detail;
    StringBuilder text = new StringBuilder(cut.length());
    cut.codePoints().forEach(point -> append(text, point));
    return text.toString();
  }

  private static void append(StringBuilder text, int point) {
    if (Character.isISOControl(point)) {
      text.append(' ');
    } else if (Character.isLetterOrDigit(point) || " .,:-_()'/+=*!?".indexOf(point) >= 0) {
      text.appendCodePoint(point);
    } else {
      text.append('#').append(point).append(';');
    }
  }

  /** Names of steps may have characters that an identifier may not. */
  private static String id(String step) {
    return "step_" + step.replace('.', '_').replace('-', '_');
  }
}
