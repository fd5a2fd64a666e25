package io.sagaflow.testkit;

import io.sagaflow.SagaEvent;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a saga's history out for people. */
final class Histories {

  private Histories() {}

  static String text(List<SagaEvent> history) {
    return history.stream().map(Histories::line).collect(Collectors.joining("\n"));
  }

  private static String line(SagaEvent event) {
    String step = event.step().map(name -> " " + name).orElse("");
    String attempt = event.attempt() > 1 ? ", attempt " + event.attempt() : "";
    String detail = event.detail().map(text -> ": " + text).orElse("");
    return String.format("%4d  %s  %s", event.seq(), event.at(), event.kind())
        + step
        + attempt
        + detail;
  }
}
