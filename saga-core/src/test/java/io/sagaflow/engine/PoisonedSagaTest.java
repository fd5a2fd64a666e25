package io.sagaflow.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.Fact;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A saga that a bug or a refusing store keeps from going on is stuck, or given up, and no more. */
class PoisonedSagaTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final InMemorySagaStore real = new InMemorySagaStore();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicBoolean rejecting = new AtomicBoolean();
  private final CompletableFuture<SagaEvent> compensated = new CompletableFuture<>();

  private final SagaDefinition<String> definition =
      SagaDefinition.named("d", String.class)
          .step("charge")
          .action(
              ctx -> {
                calls.add(ctx.idempotencyKey());
                if (rejecting.get()) {
                  throw new StepRejectedException("declined");
                }
              })
          .compensation(ctx -> calls.add("~" + ctx.actionKey()))
          .build();

  @Test
  void givenBugAfterACall_whenItIsMet_thenTheSagaIsStuckOnThatStep() {
    rejecting.set(true); // only a failed call may need jitter
    try (SagaCoordinator coordinator = start(real, new FaultyRandom())) {
      SagaHandle saga = coordinator.start(definition, "k", "input");

      SagaOutcome outcome = saga.await(SOON);

      assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
      assertThat(outcome.reason()).hasValueSatisfying(why -> assertThat(why).contains("no luck"));
      assertThat(saga.history().get(1).step()).contains("charge");
    }
  }

  /**
   * The first run took effect, though no journal says so: the refusal of the second is no proof.
   */
  @Test
  void givenOutcomeThatTheStoreRefused_whenTheRetriedCallIsRejected_thenItIsCompensated()
      throws Exception {
    AtomicBoolean refusing = new AtomicBoolean(true);
    SagaStore store = intercepted(append -> refusing.get() ? refuseOutcome(append) : null);
    try (SagaCoordinator coordinator = start(store, new Random())) {
      SagaHandle saga = coordinator.start(definition, "k", "input");
      SagaStatus status = saga.await(SOON).status();
      refusing.set(false);
      rejecting.set(true);

      coordinator.retry(saga.id(), "ann", "the store takes it now");

      compensated.get(60, SECONDS);
      String key = saga.id() + ":charge";
      assertThat(status).isEqualTo(SagaStatus.STUCK);
      assertThat(calls).containsExactly(key, key, "~" + key);
    }
  }

  private static CompletionStage<Void> refuseOutcome(SagaAppend append) {
    boolean outcome =
        append.records().stream().anyMatch(row -> row.kind().equals("STEP_COMPLETED"));
    return outcome ? refused() : null;
  }

  @Test
  void givenStoreThatRefusesEverything_whenASagaRuns_thenItIsGivenUpAfterTwoTries() {
    AtomicInteger appends = new AtomicInteger();
    SagaStore store =
        intercepted(
            append -> {
              appends.incrementAndGet();
              return refused();
            });
    try (SagaCoordinator coordinator = start(store, new Random())) {
      coordinator.start(definition, "k", "input");

      awaitNoSagas((Engine) coordinator);

      assertThat(appends).hasValue(2); // the outcome, and that the saga is stuck
    }
  }

  @Test
  void givenStoreThatThrows_whenASagaRuns_thenItIsGivenUp() {
    SagaStore store =
        intercepted(
            append -> {
              throw new IllegalStateException("a bug of the store");
            });
    try (SagaCoordinator coordinator = start(store, new Random())) {
      coordinator.start(definition, "k", "input");

      awaitNoSagas((Engine) coordinator);

      assertThat(calls).hasSize(1);
    }
  }

  /** Its node died in the middle of a call; then a node came that had changed the steps. */
  @Test
  void givenOrphanThatCantBeRead_whenItIsMendedAndItsCallRejected_thenTheOpenCallIsCompensated()
      throws Exception {
    SagaDefinition<String> changed =
        SagaDefinition.named("d", String.class).step("other").action(ctx -> {}).readOnly().build();
    NodeId dead = real.join("dead");
    SagaHeader header = new SagaHeader(new SagaId(new UUID(1, 2)), new DefinitionRef("d", 1), "k");
    real.start(dead, new NewSaga(header, started()));
    real.evict(dead);
    try (SagaCoordinator other = start(real, changed, new Random())) {
      SagaOutcome outcome = other.find(header.id()).orElseThrow().await(SOON);
      assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    }
    rejecting.set(true);
    try (SagaCoordinator right = start(real, definition, new Random())) {

      right.retry(header.id(), "ann", "the right steps are back");

      compensated.get(60, SECONDS);
      String key = header.id() + ":charge";
      assertThat(calls).containsExactly(key, "~" + key);
    }
  }

  private StoredRecord started() {
    String fingerprint = Compiled.of(definition, 1_000).machine().plan().fingerprint();
    Fact fact = new Fact.SagaStarted(fingerprint, Payload.ofText("\"input\""), Optional.empty());
    return RecordCodec.write(new JournalRecord(1, Instant.EPOCH, fact));
  }

  private SagaCoordinator start(SagaStore store, RandomGenerator random) {
    return start(store, definition, random);
  }

  private SagaCoordinator start(
      SagaStore store, SagaDefinition<String> registered, RandomGenerator random) {
    Environment threads = Threads.environment("node-1", null);
    return SagaCoordinator.builder()
        .store(store)
        .register(registered)
        .pollInterval(Duration.ofMillis(20))
        .listener(
            event -> {
              if (event.kind() == RecordKind.SAGA_COMPENSATED) {
                compensated.complete(event);
              }
            })
        .startIn(
            () ->
                new Environment(
                    threads.clock(),
                    threads.nanos(),
                    random,
                    threads.scheduler(),
                    threads.waiting(),
                    threads.engine(),
                    threads.sagas(),
                    threads.actions(),
                    threads.shutdown()));
  }

  /** A store whose appends pass by the test; null lets one through. */
  private SagaStore intercepted(Function<SagaAppend, CompletionStage<Void>> onAppend) {
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            (self, method, args) -> {
              if (method.getName().equals("append")) {
                CompletionStage<Void> answer = onAppend.apply((SagaAppend) args[1]);
                if (answer != null) {
                  return answer;
                }
              }
              try {
                return method.invoke(real, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static CompletionStage<Void> refused() {
    return CompletableFuture.failedFuture(new JournalRefusedException("refused", null));
  }

  private static void awaitNoSagas(Engine engine) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (engine.node().sagas() > 0) {
      assertThat(System.nanoTime()).as("the saga is still in memory").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Fails where the jitter of a retry is rolled, which is after a call. */
  private static final class FaultyRandom implements RandomGenerator {

    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }

    @Override
    public double nextDouble() {
      throw new IllegalStateException("no luck");
    }
  }
}
