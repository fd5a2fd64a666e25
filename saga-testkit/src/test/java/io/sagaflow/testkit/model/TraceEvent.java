package io.sagaflow.testkit.model;

import io.sagaflow.machine.Direction;
import io.sagaflow.store.NodeId;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Something of one saga that can be seen from outside the engine: in the store, or by a
 * participant. {@code docs/model/SagaTrace.tla} says which step of the model each stands for.
 */
public sealed interface TraceEvent {

  /** Writes the event as a record of TLA+; {@code names} gives the model's name of a node. */
  String toTla(Function<NodeId, String> names);

  /** The node that it is about; empty if it is a participant's. */
  default Optional<NodeId> about() {
    return Optional.empty();
  }

  /** The start is durable, and the node owns the saga. Every trace begins with it. */
  record Started(NodeId node) implements TraceEvent {

    @Override
    public Optional<NodeId> about() {
      return Optional.of(node);
    }

    @Override
    public String toTla(Function<NodeId, String> names) {
      return "[e |-> \"started\", n |-> " + names.apply(node) + "]";
    }
  }

  /** The node owns the saga from now on. */
  record Claimed(NodeId node, boolean orphaned) implements TraceEvent {

    @Override
    public Optional<NodeId> about() {
      return Optional.of(node);
    }

    @Override
    public String toTla(Function<NodeId, String> names) {
      return String.format(
          "[e |-> \"claimed\", n |-> %s, orphaned |-> %s]", names.apply(node), tla(orphaned));
    }
  }

  /** An append of the node is durable. It led to this state, and perhaps let go of the saga. */
  record Committed(NodeId node, ModelState state, boolean released) implements TraceEvent {

    @Override
    public Optional<NodeId> about() {
      return Optional.of(node);
    }

    @Override
    public String toTla(Function<NodeId, String> names) {
      return String.format(
          "[e |-> \"committed\", n |-> %s, j |-> %s, rel |-> %s]",
          names.apply(node), state.toTla(), tla(released));
    }
  }

  /** The node's lease was taken. */
  record Evicted(NodeId node) implements TraceEvent {

    @Override
    public Optional<NodeId> about() {
      return Optional.of(node);
    }

    @Override
    public String toTla(Function<NodeId, String> names) {
      return "[e |-> \"evicted\", n |-> " + names.apply(node) + "]";
    }
  }

  /** The node gave back its lease and its sagas. */
  record Left(NodeId node) implements TraceEvent {

    @Override
    public Optional<NodeId> about() {
      return Optional.of(node);
    }

    @Override
    public String toTla(Function<NodeId, String> names) {
      return "[e |-> \"left\", n |-> " + names.apply(node) + "]";
    }
  }

  /** User code begins; steps count from 1. */
  record Called(Direction direction, int step) implements TraceEvent {

    @Override
    public String toTla(Function<NodeId, String> names) {
      return String.format(
          "[e |-> \"called\", n |-> \"\", k |-> \"%s\", s |-> %d]", letter(direction), step);
    }
  }

  /**
   * The participant did what it was called for, if its barrier let it; the effect stands so often.
   */
  record Handled(Direction direction, int step, int effects) implements TraceEvent {

    @Override
    public String toTla(Function<NodeId, String> names) {
      return String.format(
          "[e |-> \"handled\", n |-> \"\", k |-> \"%s\", s |-> %d, net |-> %d]",
          letter(direction), step, effects);
    }
  }

  private static String letter(Direction direction) {
    return direction.name().substring(0, 1);
  }

  static String tla(boolean value) {
    return Boolean.toString(value).toUpperCase(Locale.ROOT);
  }
}
