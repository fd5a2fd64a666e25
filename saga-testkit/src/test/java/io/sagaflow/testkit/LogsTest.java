package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No payload and no message of an exception comes into a log, at any level, unless that is asked.
 */
class LogsTest {

  private static final String MARKER = "MARKER-4711";
  private static final StepKey<String> FIRST = StepKey.of("first", String.class);
  private static final StepKey<String> PAID = StepKey.of("paid", String.class);

  private final VirtualTime time = new VirtualTime();
  private final InMemorySagaStore store = new InMemorySagaStore();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step(FIRST)
          .action(ctx -> "result " + MARKER)
          .compensation(ctx -> fail())
          .compensationRetry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(2))
          .awaitSignal(PAID)
          .step("second")
          .action(ctx -> fail())
          .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(3))
          .compensation(ctx -> {})
          .build();

  private final SagaDefinition<String> booking =
      SagaDefinition.named("booking", String.class)
          .step("book")
          .transactional((ctx, connection) -> {})
          .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(2))
          .pivot()
          .build();

  private static void fail() {
    throw new IllegalStateException(MARKER, new IllegalArgumentException("because " + MARKER));
  }

  private SagaCoordinatorBuilder builder(SagaStore its, boolean shown) {
    return SagaCoordinator.builder()
        .store(its)
        .nodeName("node-1")
        .register(order)
        .logUserData(shown);
  }

  /** What may bring a message of the user's, or of what quotes a value, into a log. */
  private enum Occasion {
    LISTENER {
      @Override
      void take(LogsTest test, boolean shown) {
        SagaListener failing =
            new SagaListener() {
              @Override
              public void onEvent(SagaEvent event) {
                fail();
              }

              @Override
              public String toString() {
                return MARKER;
              }
            };
        test.runOrder(test.time.start(test.builder(test.store, shown).listener(failing)));
      }
    },

    UNREADABLE_JOURNAL {
      @Override
      void take(LogsTest test, boolean shown) {
        VirtualNode dead = test.time.start(test.builder(test.store, shown));
        dead.coordinator().start(test.order, "key", "input " + MARKER);
        test.time.advance(Duration.ofSeconds(1));
        dead.kill();
        VirtualNode node =
            test.time.start(test.builder(test.store, shown).codec(new QuotingCodec()));
        SagaHandle saga = node.coordinator().find("order", "key").orElseThrow();
        node.coordinator().cancel(saga.id(), "ann", "no longer wanted");
        assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
      }
    },

    BUG_IN_THE_ENGINE {
      @Override
      void take(LogsTest test, boolean shown) {
        int[] asked = {0};
        RandomGenerator failing =
            () -> {
              if (asked[0]++ > 3) {
                fail();
              }
              return asked[0];
            };
        VirtualNode node =
            test.time.start(
                test.builder(test.store, shown), real -> Environments.withRandom(real, failing));
        SagaHandle saga = node.coordinator().start(test.order, "key", "input " + MARKER);
        node.coordinator().signal(saga.id(), PAID, "value", "id");
        assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
      }
    },

    REFUSED_RECORD {
      @Override
      void take(LogsTest test, boolean shown) {
        ForwardingStore refusing =
            new ForwardingStore(test.store) {
              @Override
              public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
                return CompletableFuture.failedFuture(
                    new JournalRefusedException("Failing row contains " + MARKER, null));
              }
            };
        VirtualNode node = test.time.start(test.builder(refusing, shown));
        node.coordinator().start(test.order, "key", "input");
        test.time.advance(Duration.ofMinutes(1));
      }
    },

    UNEXPECTED_FAILURE_OF_THE_STORE {
      @Override
      void take(LogsTest test, boolean shown) {
        ForwardingStore failing =
            new ForwardingStore(test.store) {
              @Override
              public List<ClaimedSaga> claim(
                  NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
                throw new IllegalStateException(MARKER);
              }
            };
        test.time.start(test.builder(failing, shown));
        test.time.advance(Duration.ofSeconds(2));
      }
    },

    TRANSACTION_RUNNER {
      @Override
      void take(LogsTest test, boolean shown) {
        VirtualNode node =
            test.time.start(
                test.builder(new TransactionalStoreInMemory(test.store), shown)
                    .register(test.booking)
                    .transactions(body -> fail()));
        node.coordinator().start(test.booking, "key", "input " + MARKER);
        test.time.advance(Duration.ofSeconds(5));
      }
    };

    abstract void take(LogsTest test, boolean shown);
  }

  /** Quotes what it reads, as parsers do. */
  private static final class QuotingCodec implements PayloadCodec {

    private final PayloadCodec json = JacksonPayloadCodec.withDefaults();

    @Override
    public byte[] encode(Object value, PayloadContext context) {
      return json.encode(value, context);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
      throw new IllegalArgumentException("Unexpected: " + json.decode(bytes, type, context));
    }

    @Override
    public boolean holds(byte[] bytes, Object value, PayloadContext context) {
      return json.holds(bytes, value, context);
    }
  }

  /** The saga goes through everything that has data, and is stuck in the end. */
  private SagaHandle runOrder(VirtualNode node) {
    SagaCoordinator coordinator = node.coordinator();
    SagaHandle saga = coordinator.start(order, "key", "input " + MARKER);
    time.advance(Duration.ofSeconds(1));
    coordinator.signal(saga.id(), PAID, "signal " + MARKER, "id");
    coordinator.signal(saga.id(), PAID, "another " + MARKER, "id-2");
    coordinator.operator("ann", "reason " + MARKER).forceForward(saga.id());
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);
    coordinator.operator("ann", "reason " + MARKER).retry(saga.id());
    time.advance(Duration.ofMinutes(1));
    coordinator.operator("ann", "reason " + MARKER).markDone(saga.id(), PAID, MARKER);
    time.advance(Duration.ofMinutes(1));
    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    return saga;
  }

  @ParameterizedTest
  @EnumSource
  void givenUserData_whenAnythingFails_thenNoLogHasItAndTheClassesAreThere(Occasion occasion) {
    try (LogRecorder log = new LogRecorder()) {
      occasion.take(this, false);

      assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains(MARKER));
      assertThat(log.lines())
          .anyMatch(line -> line.matches("(?s).*(Exception|StackOverflowError|refused).*"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void givenUserData_whenItIsAskedFor_thenLogsHaveIt(Occasion occasion) {
    try (LogRecorder log = new LogRecorder()) {
      occasion.take(this, true);

      assertThat(log.lines()).anyMatch(line -> line.contains(MARKER));
    }
  }

  @Test
  void givenFailingCalls_whenNothingElseFails_thenNotEvenTheSwitchShowsPayloads() {
    try (LogRecorder log = new LogRecorder()) {
      SagaHandle saga = runOrder(time.start(builder(store, true)));

      assertThat(log.lines()).noneMatch(line -> line.contains(MARKER));
      assertThat(saga.id()).isNotNull();
    }
  }

  @Test
  void givenExecutorThatRefuses_whenACallIsToBegin_thenItsMessageIsNotLogged() {
    try (LogRecorder log = new LogRecorder()) {
      VirtualNode node =
          time.start(
              builder(store, false),
              real ->
                  Environments.withActions(
                      real,
                      task -> {
                        throw new RejectedExecutionException(MARKER);
                      }));
      node.coordinator().start(order, "key", "input");
      time.advance(Duration.ofSeconds(5));

      assertThat(log.lines())
          .anyMatch(line -> line.contains("RejectedExecutionException"))
          .noneMatch(line -> line.contains(MARKER));
    }
  }

  @Test
  void givenRejection_whenLogged_thenStepAndKindAreToldAndNotTheReason() {
    SagaDefinition<String> rejecting =
        SagaDefinition.named("rejecting", String.class)
            .step("pay")
            .action(
                ctx -> {
                  throw new StepRejectedException(MARKER);
                })
            .compensation(ctx -> {})
            .build();
    try (LogRecorder log = new LogRecorder()) {
      VirtualNode node = time.start(builder(store, false).register(rejecting));
      node.coordinator().start(rejecting, "key", "input").await(SOON);

      assertThat(log.lines())
          .anyMatch(line -> line.contains("action of step pay REJECTED in attempt 1"))
          .noneMatch(line -> line.contains(MARKER));
    }
  }
}
