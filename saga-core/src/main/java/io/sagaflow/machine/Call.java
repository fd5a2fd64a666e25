package io.sagaflow.machine;

/**
 * One attempt to be made.
 *
 * @param step the step's index in the plan
 * @param direction whether its action or its compensation
 * @param attempt the attempt, from 1
 */
public record Call(int step, Direction direction, int attempt) {}
