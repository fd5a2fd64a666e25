package io.sagaflow.testkit;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.TransactionalStore;
import io.sagaflow.testkit.TransactionalStoreContract.OpenTransaction;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory with transactions that keep their writes until they are committed. For tests in
 * virtual time: where PostgreSQL would wait for another transaction, this fails.
 */
class TransactionalStoreInMemory extends ForwardingStore implements TransactionalStore {

  private final List<Transaction> transactions = new ArrayList<>();
  private Commit onCommit = Transaction::commit;

  TransactionalStoreInMemory(SagaStore store) {
    super(store);
  }

  @Override
  public Optional<TransactionalStore> transactions() {
    return Optional.of(this);
  }

  Transaction begin() {
    Transaction transaction = new Transaction();
    transactions.add(transaction);
    return transaction;
  }

  @Override
  public JoinedStart start(LocalTransaction transaction, NewSaga saga) {
    Transaction own = of(transaction.connection());
    NewSaga known = own.find(saga);
    if (known != null) {
      return new JoinedStart(known.header().id(), false, input(known.first().payload()));
    }
    if (transactions.stream().anyMatch(other -> other.find(saga) != null)) {
      throw new SagaStoreException("Another transaction is starting this saga", null);
    }
    Optional<SagaId> holder = find(saga.header().definition().name(), saga.header().businessKey());
    if (holder.isPresent()) {
      Payload input = load(holder.get()).orElseThrow().journal().get(0).payload();
      return new JoinedStart(holder.get(), false, input(input));
    }
    own.started.add(saga);
    return new JoinedStart(saga.header().id(), true, input(saga.first().payload()));
  }

  /** The transaction of a connection. */
  Transaction of(Connection connection) {
    return transactions.stream()
        .filter(each -> each.connection == connection)
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("No transaction is under way"));
  }

  @Override
  public void append(LocalTransaction transaction, NodeId owner, SagaAppend append) {
    Transaction own = of(transaction.connection());
    if (nodes().stream().noneMatch(beat -> beat.node().equals(owner))) {
      throw new NodeFencedException(owner);
    }
    own.appends.add(() -> append(owner, append).toCompletableFuture().join());
  }

  @Override
  public boolean isAppended(SagaAppend append) {
    return load(append.sagaId()).orElseThrow().journal().containsAll(append.records());
  }

  @Override
  public TransactionRunner runner() {
    return body -> {
      Transaction transaction = begin();
      try {
        body.run(transaction.connection);
      } catch (Throwable e) {
        transaction.rollBack();
        throw e;
      }
      onCommit.run(transaction);
    };
  }

  /** Says how the runner's transactions end whose body returned. */
  void onCommit(Commit how) {
    onCommit = how;
  }

  /** How a transaction ends. */
  interface Commit {
    void run(Transaction transaction) throws Exception;
  }

  private static Payload input(@Nullable Payload payload) {
    return Objects.requireNonNull(payload, "payload");
  }

  /** A transaction, under way until it is committed or rolled back. */
  final class Transaction implements OpenTransaction {

    final Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, args) -> {
                  throw new UnsupportedOperationException(method.getName());
                });
    private final List<NewSaga> started = new ArrayList<>();
    private final List<Runnable> appends = new ArrayList<>();
    private final List<Runnable> effects = new ArrayList<>();

    /** What the user's SQL changes. */
    void write(Runnable effect) {
      effects.add(effect);
    }

    private @Nullable NewSaga find(NewSaga saga) {
      return started.stream()
          .filter(
              each ->
                  each.header().businessKey().equals(saga.header().businessKey())
                      && each.header()
                          .definition()
                          .name()
                          .equals(saga.header().definition().name()))
          .findAny()
          .orElse(null);
    }

    @Override
    public LocalTransaction transaction() {
      return new LocalTransaction(connection);
    }

    /** A node that is there for a moment starts the sagas and leaves: they are due then. */
    @Override
    public void commit() {
      transactions.remove(this);
      appends.forEach(Runnable::run);
      effects.forEach(Runnable::run);
      if (started.isEmpty()) {
        return;
      }
      NodeId passing = join("a transaction");
      started.forEach(saga -> TransactionalStoreInMemory.this.start(passing, saga));
      leave(passing, Set.of());
    }

    @Override
    public void rollBack() {
      transactions.remove(this);
    }
  }
}
