package io.sagaflow.store;

/**
 * What a node sees of a node: that its counter moves.
 *
 * @param node the node
 * @param name the name that it was configured with
 * @param beats how often it has renewed its lease
 */
public record NodeBeat(NodeId node, String name, long beats) {}
