package io.sagaflow.engine;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaStoreException;
import io.sagaflow.machine.Outcome;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.SagaAppend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a transactional action or compensation: user code, then the record of its success,
 * in one transaction.
 *
 * <p>It runs on the call's thread. When the user's code has succeeded, the saga's actor is told,
 * and answers with what to append, or refuses; nothing else of the saga is appended until the
 * transaction has ended. Whether a commit without an answer happened is asked of the store, which
 * waits for the transaction's end: so the outcome is always known. While the user's code runs
 * nothing of the saga is locked. A transaction that gets no answer from the actor, because an
 * append before it waits for the database, is rolled back after a while: its connection may be what
 * that one waits for.
 */
final class TransactionalCall implements Attempt.Body {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionalCall.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Owner owner;
  private final BiFunction<Attempt, LocalTransaction, Outcome> work;

  /** What to append; the actor completes it, or whoever is first cancels it. */
  private final CompletableFuture<SagaAppend> order = new CompletableFuture<>();

  private final CompletableFuture<@Nullable Void> written = new CompletableFuture<>();

  /** These two are the call's thread's alone. */
  private @Nullable Outcome outcome;

  private @Nullable SagaAppend appended;

  /** Takes the user's code, which throws nothing but {@link ProcessKilled}. */
  TransactionalCall(Owner owner, BiFunction<Attempt, LocalTransaction, Outcome> work) {
    this.owner = owner;
    this.work = work;
  }

  /**
   * Has an append written in the transaction, which is then committed. For the actor.
   *
   * @return completes when it is durable; fails with {@link RolledBackException} if nothing of the
   *     transaction is, nor will be
   */
  @SuppressWarnings("NullAway") // a Void is always null
  CompletionStage<Void> write(SagaAppend append) {
    if (!order.complete(append)) {
      written.completeExceptionally(
          new RolledBackException("Its saga was busy for too long; rolled back"));
    }
    return written;
  }

  /** Has the transaction rolled back; the actor doesn't want its outcome. */
  void refuse() {
    order.cancel(false);
  }

  @Override
  public CompletableFuture<Outcome> run(Attempt attempt) {
    return CompletableFuture.completedFuture(ranIn(attempt));
  }

  private Outcome ranIn(Attempt attempt) {
    Throwable failure = null;
    try {
      owner.transactions().runner().runIn(transaction -> within(attempt, transaction));
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) {
      failure = e;
    }
    Outcome told = outcome;
    if (told == null) {
      String why = failure == null ? "the runner didn't run its body" : Texts.describe(failure);
      String brief = failure == null ? why : owner.options().brief(failure);
      LOG.warn("There is no transaction for {}: {}", attempt, brief);
      attempt.notBegun("There is no transaction: " + brief);
      return Outcome.failed(Outcome.Kind.FAILED, why);
    }
    if (!told.isFailure()) {
      end(failure);
    }
    return told;
  }

  private void within(Attempt attempt, LocalTransaction transaction) {
    if (outcome != null) {
      throw new IllegalStateException("A transaction runner runs its body once");
    }
    Outcome told = work.apply(attempt, transaction);
    outcome = told;
    if (told.isFailure()) {
      throw new RolledBackException(told.error());
    }
    attempt.prepared(told);
    SagaAppend append = awaitOrder();
    owner.append(transaction, append);
    appended = append;
  }

  private SagaAppend awaitOrder() {
    try {
      owner.environment().waiting().until(order, PATIENCE);
    } catch (TimeoutException e) {
      order.cancel(false);
    } catch (InterruptedException e) {
      order.cancel(false);
      Thread.currentThread().interrupt();
    }
    if (order.isCancelled()) { // by the actor, or before it answered
      throw new RolledBackException("The saga doesn't take this outcome; rolled back");
    }
    return order.join();
  }

  /** Tells the actor how the transaction ended; the attempt has been told of already. */
  private void end(@Nullable Throwable failure) {
    SagaAppend append = appended;
    if (append != null) {
      settle(append, failure);
    } else if (failure instanceof NodeFencedException) {
      written.completeExceptionally(failure);
    } else {
      written.completeExceptionally(rolledBack(failure));
    }
  }

  /** Asks until there is an answer, or the saga is another node's. */
  private void settle(SagaAppend append, @Nullable Throwable failure) {
    if (failure == null && owner.transactions().own()) {
      written.complete(null);
      return;
    }
    Duration pause = FIRST_PAUSE;
    while (!tryToSettle(append, failure)) {
      if (owner.isLost()) {
        written.completeExceptionally(new SagaStoreException("A commit is in doubt.", failure));
        return;
      }
      pause(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
  }

  private boolean tryToSettle(SagaAppend append, @Nullable Throwable failure) {
    try {
      if (owner.transactions().store().isAppended(append)) {
        written.complete(null);
      } else {
        written.completeExceptionally(rolledBack(failure));
      }
      return true;
    } catch (SagaStoreException e) {
      LOG.warn(
          "Saga {}: whether a transaction was committed isn't known yet. {}",
          append.sagaId(),
          e.getMessage());
      return false;
    }
  }

  private void pause(Duration pause) {
    try {
      owner.environment().waiting().until(new CompletableFuture<>(), pause);
    } catch (TimeoutException e) {
      // that's what it is for
    } catch (InterruptedException e) {
      LOG.debug("An interrupt doesn't end the question", e);
    }
  }

  private static RolledBackException rolledBack(@Nullable Throwable failure) {
    return new RolledBackException(
        Texts.cut(
            "The transaction was rolled back. "
                + (failure == null
                    ? "Its runner said that it had committed it."
                    : Texts.describe(failure))));
  }
}
