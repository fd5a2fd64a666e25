package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What one saga has to do with one semantic lock: it holds it, or waits for it.
 *
 * @param key what is locked
 * @param saga the saga that asked for it
 * @param holder the saga for which it is held: the same, or the outermost one if that is a child.
 *     Its whole family may use it, and it is released with its last record
 * @param held whether it is held; if not, it is waited for
 * @param since when it was asked for, by the store's clock
 */
public record LockClaim(String key, SagaId saga, SagaId holder, boolean held, Instant since) {

  /** Refuses nulls. */
  public LockClaim {
    requireNonNull(key, "key");
    requireNonNull(saga, "saga");
    requireNonNull(holder, "holder");
    requireNonNull(since, "since");
  }
}
