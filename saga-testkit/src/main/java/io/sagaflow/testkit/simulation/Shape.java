package io.sagaflow.testkit.simulation;

import java.util.List;

/** How the steps of a generated definition hang together. */
sealed interface Shape {

  /** One step. */
  record Step(StepPlan plan) implements Shape {}

  /** Branches that run side by side. */
  record Block(List<List<Shape>> branches) implements Shape {}
}
