package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Semantic locks of two coordinators on a real database: nobody comes in between. */
class LockConcurrencyTest {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int SAGAS = 120;
  private static final int ACCOUNTS = 4;

  private final Map<String, String> owners = new ConcurrentHashMap<>();
  private final AtomicInteger intrusions = new AtomicInteger();

  private void enter(StepContext<String> context) {
    for (String account : accounts(context)) {
      if (owners.putIfAbsent(account, context.businessKey()) != null) {
        intrusions.incrementAndGet();
      }
    }
  }

  private void leave(StepContext<String> context) {
    accounts(context).forEach(account -> owners.remove(account, context.businessKey()));
  }

  private static List<String> accounts(StepContext<String> context) {
    return Stream.of(context.input().split(",", -1)).distinct().toList();
  }

  private final SagaDefinition<String> transfer =
      SagaDefinition.named("transfer", String.class)
          .locking(LockConcurrencyTest::accounts)
          .step("enter")
          .action(this::enter)
          .compensation(this::leave)
          .step("leave")
          .action(this::leave)
          .pivot()
          .build();

  private SagaCoordinator coordinator(DataSource database, String name) {
    return SagaCoordinator.builder()
        .store(PostgresSagaStore.create(database))
        .nodeName(name)
        .pollInterval(Duration.ofMillis(50))
        .register(transfer)
        .start();
  }

  @Test
  void givenSagasThatWantTheSameAccounts_whenTwoNodesRunThem_thenNoTwoAreInOneAtATime() {
    SplittableRandom random = new SplittableRandom(42);
    DataSource database = SharedDatabase.emptied();
    try (SagaCoordinator first = coordinator(database, "node-1");
        SagaCoordinator second = coordinator(database, "node-2")) {
      List<SagaHandle> sagas = new ArrayList<>();
      for (int i = 0; i < SAGAS; i++) {
        String accounts = random.nextInt(ACCOUNTS) + "," + random.nextInt(ACCOUNTS);
        SagaCoordinator node = i % 2 == 0 ? first : second;
        sagas.add(node.start(transfer, "transfer-" + i, accounts));
      }

      assertThat(sagas)
          .allSatisfy(
              saga -> assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED));
      assertThat(intrusions).hasValue(0);
      for (int account = 0; account < ACCOUNTS; account++) {
        assertThat(first.lockQueue(Integer.toString(account))).isEmpty();
      }
    }
  }
}
