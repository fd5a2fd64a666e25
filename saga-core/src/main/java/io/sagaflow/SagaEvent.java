package io.sagaflow;

import java.time.Instant;
import java.util.Optional;

/**
 * One journal record as users see it: in a saga's {@linkplain SagaCoordinator#history history} and
 * in {@link SagaListener}s. It never carries a payload.
 *
 * @param sagaId the saga
 * @param seq the record's number in the saga's journal, from 1 without gaps
 * @param at when the owner wrote it, by the owner's clock
 * @param kind what happened
 * @param step the step it happened to, if it happened to one
 * @param attempt the attempt, from 1; 0 where the record isn't about an attempt
 * @param by who: the person who asked, or the node that took the saga over; empty where the saga
 *     went on by itself
 * @param detail a sentence on why, for people; empty where there is nothing to add
 */
public record SagaEvent(
    SagaId sagaId,
    long seq,
    Instant at,
    RecordKind kind,
    Optional<String> step,
    int attempt,
    Optional<String> by,
    Optional<String> detail) {}
