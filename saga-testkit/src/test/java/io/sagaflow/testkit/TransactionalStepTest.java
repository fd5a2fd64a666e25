package io.sagaflow.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.StepContext;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.testkit.TransactionalStoreInMemory.Transaction;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A transactional step's effect and the record of its success are there together, or not at all.
 */
class TransactionalStepTest {

  private static final Duration SOON = ofMinutes(10);
  private static final StepKey<String> BOOK = StepKey.of("book", String.class);

  private final VirtualTime time = new VirtualTime();
  private final InMemorySagaStore memory = new InMemorySagaStore();
  private int unanswered;
  private final TransactionalStoreInMemory store =
      new TransactionalStoreInMemory(memory) {
        @Override
        public boolean isAppended(SagaAppend append) {
          if (unanswered-- > 0) {
            throw new SagaStoreException("The store is away", null);
          }
          return super.isAppended(append);
        }
      };

  /** How often each call was made, and how often its effect was committed. */
  private final List<String> calls = new ArrayList<>();

  private final Map<String, Integer> effects = new HashMap<>();
  private final Map<String, Behaviour> behaviours = new HashMap<>();

  interface Behaviour {
    void run() throws Exception;
  }

  private final SagaDefinition<String> trip =
      SagaDefinition.named("trip", String.class)
          .step("plan")
          .action(ctx -> calls.add("plan"))
          .compensation(ctx -> calls.add("~plan"))
          .step(BOOK)
          .transactional(
              (ctx, connection) -> {
                call("book", ctx, connection);
                return "b-" + ctx.input();
              })
          .transactionalCompensation((ctx, connection) -> call("~book", ctx, connection))
          .retry(RetryPolicy.fixed(ofSeconds(1)).maxAttempts(3))
          .timeout(ofSeconds(5))
          .step("pay")
          .transactional((ctx, connection) -> call("pay", ctx, connection))
          .pivot()
          .step("tell")
          .action(ctx -> calls.add("tell " + ctx.result(BOOK)))
          .build();

  private void call(String name, StepContext<String> context, Connection connection)
      throws Exception {
    calls.add(name);
    Transaction transaction = store.of(connection);
    transaction.write(() -> effects.merge(name, 1, Integer::sum));
    behaviours.getOrDefault(name, () -> {}).run();
    assertThat(context.idempotencyKey()).isNotEmpty();
  }

  private void failing(String name, int times, Exception failure) {
    AtomicInteger left = new AtomicInteger(times);
    behaviours.put(
        name,
        () -> {
          if (left.getAndDecrement() > 0) {
            throw failure;
          }
        });
  }

  private SagaCoordinatorBuilder builder(String name) {
    return SagaCoordinator.builder().store(store).nodeName(name).register(trip);
  }

  private VirtualNode node(String name) {
    return time.start(builder(name));
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(trip, "42", "Rome");
  }

  private static List<String> kinds(SagaHandle saga) {
    return Shop.kinds(saga);
  }

  @Test
  void givenTransactionalSteps_whenTheyRun_thenEachIsDoneOnceAndItsResultIsThere() {
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();

    assertThat(calls).containsExactly("plan", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
    assertThat(kinds(saga))
        .containsExactly(
            "SAGA_STARTED",
            "STEP_COMPLETED plan",
            "STEP_COMPLETED book",
            "STEP_COMPLETED pay",
            "STEP_COMPLETED tell",
            "SAGA_COMPLETED");
  }

  @Test
  void givenActionThatFails_whenRetried_thenTheFailedAttemptLeftNothing() {
    failing("book", 2, new IllegalStateException("deadlock"));
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "book", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenActionThatKeepsFailing_whenItsRetriesAreUsedUp_thenItIsRejectedAndNotCompensated() {
    failing("book", 3, new IllegalStateException("no"));
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("plan", "book", "book", "book", "~plan");
    assertThat(effects).isEmpty();
    assertThat(kinds(saga)).contains("STEP_REJECTED book").doesNotContain("STEP_UNKNOWN book");
  }

  @Test
  void givenCommitWithoutAnswer_whenItHappened_thenTheSagaGoesOnAndNothingRunsAgain() {
    store.onCommit(
        transaction -> {
          transaction.commit();
          throw new IllegalStateException("the network broke");
        });
    unanswered = 7;
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
    assertThat(kinds(saga)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenCommitThatFails_whenItWasRolledBack_thenTheAttemptHasFailedAndIsRetried() {
    AtomicInteger left = new AtomicInteger(1);
    store.onCommit(
        transaction -> {
          if (left.getAndDecrement() > 0) {
            transaction.rollBack();
            throw new IllegalStateException("could not serialize");
          }
          transaction.commit();
        });
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
    assertThat(saga.history().toString()).contains("could not serialize");
    assertThat(kinds(saga)).contains("ACTION_FAILED book");
  }

  @Test
  void givenRunnerThatRollsBackInSilence_whenItSaysThatItCommitted_thenItIsNotBelieved() {
    AtomicInteger left = new AtomicInteger(1);
    TransactionRunner silent =
        body -> {
          Transaction transaction = store.begin();
          body.run(transaction.connection);
          if (left.getAndDecrement() > 0) {
            transaction.rollBack();
          } else {
            transaction.commit();
          }
        };
    SagaHandle saga = start(time.start(builder("node-1").transactions(silent)));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenRunnerWithoutConnections_whenItFailsBeforeTheAction_thenThatIsNoAttempt() {
    AtomicInteger left = new AtomicInteger(20);
    TransactionRunner exhausted =
        body -> {
          if (left.getAndDecrement() > 0) {
            throw new IllegalStateException("the pool is empty");
          }
          store.runner().run(body);
        };
    SagaHandle saga = start(time.start(builder("node-1").transactions(exhausted)));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(kinds(saga)).doesNotContain("ACTION_FAILED book");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenRunnerThatRunsItsBodyTwice_whenItDoes_thenItIsTold() {
    TransactionRunner twice =
        body ->
            store
                .runner()
                .run(
                    connection -> {
                      body.run(connection);
                      body.run(connection);
                    });
    SagaHandle saga = start(time.start(builder("node-1").transactions(twice)));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(effects).isEmpty();
    assertThat(saga.history().toString()).contains("runs its body once");
  }

  @Test
  void givenNodeKilledBeforeTheCommit_whenAnotherTakesOver_thenTheStepRunsAgainAndCountsOnce() {
    VirtualNode first = node("node-1");
    store.onCommit(
        transaction -> {
          store.onCommit(Transaction::commit);
          transaction.rollBack(); // as the database does when the connection is gone
          first.kill();
        });
    SagaHandle saga = start(first);
    time.settle();

    SagaOutcome outcome = take(saga, node("node-2"));

    assertThat(outcome.isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenNodeKilledAfterTheCommit_whenAnotherTakesOver_thenTheStepIsNotRunAgain() {
    VirtualNode first = node("node-1");
    store.onCommit(
        transaction -> {
          store.onCommit(Transaction::commit);
          transaction.commit();
          first.kill();
        });
    SagaHandle saga = start(first);
    time.settle();

    SagaOutcome outcome = take(saga, node("node-2"));

    assertThat(outcome.isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  private static SagaOutcome take(SagaHandle saga, VirtualNode other) {
    return other.coordinator().find(saga.id()).orElseThrow().await(SOON);
  }

  /** Its node was taken for dead while the action ran: what it wrote must not survive. */
  @Test
  void givenNodeEvictedBetweenTheActionAndItsRecord_whenItGoesOn_thenNothingOfItIsCommitted() {
    behaviours.put(
        "book",
        () -> {
          behaviours.clear();
          memory.nodes().stream().map(NodeBeat::node).forEach(memory::evict);
        });
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(calls).containsExactly("plan", "book", "book", "pay", "tell b-Rome");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
    assertThat(kinds(saga)).contains("SAGA_RESUMED");
  }

  @Test
  void givenActionUnderWay_whenCancelled_thenItIsRolledBackAndNotCompensated() {
    behaviours.put("book", time::hang);
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);
    time.settle();

    saga.cancel("ann", "changed her mind");

    assertThat(saga.await(ofSeconds(2)).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("plan", "book", "~plan");
    assertThat(effects).isEmpty();
  }

  /** Until it is committed, a transactional pivot surely had no effect. */
  @Test
  void givenTransactionalPivotUnderWay_whenCancelled_thenTheSagaTurnsBack() {
    behaviours.put("pay", time::hang);
    SagaHandle saga = start(node("node-1"));
    time.settle();

    saga.cancel("ann", "changed her mind");

    assertThat(saga.await(ofSeconds(2)).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("plan", "book", "pay", "~book", "~plan");
    assertThat(effects).isEqualTo(Map.of("book", 1, "~book", 1));
  }

  @Test
  void givenPivotThatSucceedsWhileItIsCancelled_whenCommitted_thenTheCancelIsRefused() {
    behaviours.put("pay", () -> time.sleep(ofSeconds(1)));
    VirtualNode node = node("node-1");
    SagaHandle saga = start(node);
    time.settle();
    behaviours.put("pay", () -> {});
    store.onCommit(
        transaction -> {
          saga.cancel("ann", "too late");
          time.sleep(ofMillis(1_500)); // it is read meanwhile
          transaction.commit();
          store.onCommit(Transaction::commit);
        });

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(kinds(saga)).contains("COMMAND_REFUSED").doesNotContain("SAGA_TURNED_BACK");
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenActionThatHangs_whenItsTimeIsOver_thenItIsInterruptedRolledBackAndRetried() {
    AtomicInteger left = new AtomicInteger(1);
    behaviours.put(
        "book",
        () -> {
          if (left.getAndDecrement() > 0) {
            time.hang();
          }
        });
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
    assertThat(saga.history().toString()).contains("Timed out after 5000 ms");
  }

  @Test
  void givenTransactionalCompensation_whenItFailsOnce_thenItTakesEffectOnce() {
    failing("pay", 100, new StepRejectedException("no money"));
    failing("~book", 1, new IllegalStateException("deadlock"));
    SagaHandle saga = start(node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("plan", "book", "pay", "~book", "~book", "~plan");
    assertThat(effects).isEqualTo(Map.of("book", 1, "~book", 1));
  }

  @Test
  void givenNodeClosedWhileAnActionRuns_whenItIsInterrupted_thenAnotherNodeRunsItOnce() {
    behaviours.put(
        "book",
        () -> {
          behaviours.clear();
          time.hang();
        });
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.settle();
    first.coordinator().close();

    assertThat(take(saga, node("node-2")).isCompleted()).isTrue();
    assertThat(effects).isEqualTo(Map.of("book", 1, "pay", 1));
  }

  @Test
  void givenParallelTransactionalSteps_whenTheySucceedAtOnce_thenEachIsCommitted() {
    SagaDefinition<String> both =
        SagaDefinition.named("both", String.class)
            .parallel(
                left ->
                    left.step("left")
                        .transactional((ctx, connection) -> call("left", ctx, connection))
                        .readOnly(),
                right ->
                    right
                        .step("right")
                        .transactional((ctx, connection) -> call("right", ctx, connection))
                        .readOnly())
            .build();
    store.onCommit(
        transaction -> {
          time.sleep(ofMillis(10)); // so that the other one has to wait for this commit
          transaction.commit();
        });
    VirtualNode node = time.start(builder("node-1").register(both));

    SagaHandle saga = node.coordinator().start(both, "1", "x");

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(effects).isEqualTo(Map.of("left", 1, "right", 1));
    assertThat(calls).hasSize(2);
  }

  @Test
  void givenParallelTransactionalSteps_whenOneIsRolledBackAtItsCommit_thenOnlyThatIsRetried() {
    SagaDefinition<String> both =
        SagaDefinition.named("both", String.class)
            .parallel(
                left ->
                    left.step("left")
                        .transactional((ctx, connection) -> call("left", ctx, connection))
                        .readOnly(),
                right -> right.step("right").action(ctx -> calls.add("right")).readOnly())
            .build();
    AtomicInteger left = new AtomicInteger(1);
    store.onCommit(
        transaction -> {
          time.sleep(ofMillis(10));
          if (left.getAndDecrement() > 0) {
            transaction.rollBack();
            throw new IllegalStateException("no");
          }
          transaction.commit();
        });
    VirtualNode node = time.start(builder("node-1").register(both));

    SagaHandle saga = node.coordinator().start(both, "1", "x");

    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(effects).isEqualTo(Map.of("left", 1));
    assertThat(calls).containsExactlyInAnyOrder("left", "right", "left");
  }

  @Test
  void givenStoreWithoutTransactions_whenTheCoordinatorIsStarted_thenTheStepIsRefused() {
    SagaCoordinatorBuilder without =
        SagaCoordinator.builder().store(memory).nodeName("node-1").register(trip);

    assertThatThrownBy(() -> time.start(without))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Step book of definition trip")
        .hasMessageContaining("InMemorySagaStore has no transactions");
  }
}
