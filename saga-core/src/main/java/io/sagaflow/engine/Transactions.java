package io.sagaflow.engine;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.TransactionalStore;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How transactional steps reach the journal's database.
 *
 * @param store writes within their transactions
 * @param runner begins and ends these
 * @param own whether the runner is the store's own, whose word about a commit is believed
 */
record Transactions(TransactionalStore store, TransactionRunner runner, boolean own) {

  static Optional<Transactions> of(SagaStore store, @Nullable TransactionRunner runner) {
    return store
        .transactions()
        .map(
            joining ->
                new Transactions(
                    joining, runner == null ? joining.runner() : runner, runner == null));
  }

  /** Refuses definitions that need transactions, where there are none. */
  static void requireFor(Collection<SagaDefinition<?>> definitions, SagaStore store) {
    if (store.transactions().isPresent()) {
      return;
    }
    for (SagaDefinition<?> definition : definitions) {
      for (StepDefinition<?, ?> step : definition.steps()) {
        if (step.transactional().isPresent() || step.transactionalCompensation().isPresent()) {
          throw new IllegalArgumentException(
              "Step "
                  + step.name()
                  + " of definition "
                  + definition
                  + " is transactional, and "
                  + store.getClass().getSimpleName()
                  + " has no transactions: use a store in a database, such as PostgresSagaStore.");
        }
      }
    }
  }
}
