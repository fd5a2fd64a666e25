package io.sagaflow;

import java.util.List;

/** Draws a definition as a Mermaid flow chart. Names of steps are plain, so nothing is escaped. */
final class DefinitionChart {

  private final List<? extends StepDefinition<?, ?>> steps;
  private final StringBuilder text = new StringBuilder(512).append("flowchart TD\n");

  DefinitionChart(List<? extends StepDefinition<?, ?>> steps) {
    this.steps = steps;
  }

  String draw() {
    line("start((start))");
    for (int i = 0; i < steps.size(); i++) {
      node(i);
    }
    line("finish((end))");
    for (int i = 0; i < steps.size(); i++) {
      edges(i);
    }
    ends();
    for (int i = 0; i < steps.size(); i++) {
      undo(i);
    }
    return text.toString();
  }

  private void node(int index) {
    StepDefinition<?, ?> step = steps.get(index);
    String name = "s" + index;
    if (step.child().isPresent()) {
      line(name + "[[\"" + step.name() + ": saga " + step.child().get().definition() + "\"]]");
    } else if (step.pause().isPresent()) {
      line(name + ">\"" + step.name() + ": " + waits(step.pause().get()) + "\"]");
    } else {
      switch (step.kind()) {
        case COMPENSATABLE -> line(name + "[\"" + label(step) + "\"]");
        case PIVOT -> line(name + "{{\"" + label(step) + ": pivot\"}}");
        case RETRIABLE -> line(name + "([\"" + label(step) + "\"])");
      }
    }
  }

  private static String label(StepDefinition<?, ?> step) {
    return step.name()
        + (step.atMostOnce() ? ", at most once" : "")
        + (step.transactional().isPresent() ? ", transactional" : "");
  }

  private static String waits(Pause pause) {
    String time = pause.time().map(Object::toString).orElse("");
    return switch (pause.kind()) {
      case SLEEP -> "sleeps " + time;
      case SIGNAL -> time.isEmpty() ? "awaits a signal" : "awaits a signal for " + time;
    };
  }

  private void edges(int index) {
    StepDefinition<?, ?> step = steps.get(index);
    String arrow = step.condition().isPresent() ? " -- if it holds --> " : " --> ";
    if (step.after().isEmpty()) {
      line("start" + arrow + "s" + index);
    }
    step.after().forEach(before -> line("s" + before + arrow + "s" + index));
  }

  private void ends() {
    for (int i = 0; i < steps.size(); i++) {
      int index = i;
      if (steps.stream().noneMatch(step -> step.after().contains(index))) {
        line("s" + i + " --> finish");
      }
    }
  }

  private void undo(int index) {
    StepDefinition<?, ?> step = steps.get(index);
    if (step.isCompensated()) {
      line(
          "s"
              + index
              + " -. undone by .-> c"
              + index
              + "[\"compensation of "
              + step.name()
              + "\"]");
    }
  }

  private void line(String line) {
    text.append("  ").append(line).append('\n');
  }
}
