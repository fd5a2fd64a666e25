package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Sagas that wait, and those that need an operator, on real threads and a real PostgreSQL. */
class WaitingSagaTest {

  record Paid(String reference) {}

  private static final StepKey<Paid> PAID = StepKey.of("paid", Paid.class);

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step("reserve")
          .action(ctx -> calls.add("reserve"))
          .compensation(
              ctx -> {
                throw new IllegalStateException("no answer");
              })
          .compensationRetry(RetryPolicy.none())
          .sleep("think-it-over", Duration.ofMillis(10))
          .awaitSignal(PAID, Duration.ofDays(3))
          .step("ship")
          .action(ctx -> calls.add("ship " + ctx.result(PAID).reference()))
          .pivot()
          .build();

  private SagaCoordinator start(String node) {
    return SagaCoordinator.builder()
        .store(PostgresSagaStore.create(database))
        .nodeName(node)
        .pollInterval(Duration.ofMillis(50))
        .register(order)
        .start();
  }

  @Test
  void givenSagaOfOneNode_whenAnotherSendsItsSignalTwice_thenItGoesOnOnce() throws Exception {
    try (SagaCoordinator first = start("node-1");
        SagaCoordinator second = start("node-2")) {
      SagaHandle saga = first.start(order, "42", "input");

      second.signal("order", "42", PAID, new Paid("p-1 'quoted' 鍵"), "psp-17");
      second.signal("order", "42", PAID, new Paid("p-1 'quoted' 鍵"), "psp-17");

      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPLETED);
      assertThat(calls).containsExactly("reserve", "ship p-1 'quoted' 鍵");
      assertThat(saga.history())
          .extracting(SagaEvent::kind)
          .containsOnlyOnce(RecordKind.SIGNAL_RECEIVED)
          .doesNotContain(RecordKind.COMMAND_REFUSED);
      second.signal(saga.id(), PAID, new Paid("p-1 'quoted' 鍵"), "psp-17"); // known still
      assertThatThrownBy(() -> second.signal(saga.id(), PAID, new Paid("p-2"), "psp-18"))
          .isInstanceOf(SagaEndedException.class);
      assertThat(look.query("SELECT count(*) FROM saga_inbox")).containsExactly("0");
    }
  }

  @Test
  void givenStuckCompensation_whenAnOperatorSkipsIt_thenTheSagaEnds() throws Exception {
    try (SagaCoordinator coordinator = start("node-1")) {
      SagaHandle saga = coordinator.start(order, "42", "input");
      coordinator.operator("ann", "never paid").markNotDone(saga.id(), "paid");
      coordinator.operator("ann", "never paid").abort(saga.id());
      assertThat(saga.await(Shop.SOON).status()).isEqualTo(SagaStatus.STUCK);

      coordinator.operator("ann", "released by hand").skipCompensation(saga.id(), "reserve");

      Look.await("its end", () -> saga.status() == SagaStatus.COMPENSATED);
      assertThat(look.query("SELECT actor FROM saga_journal WHERE kind = 'COMPENSATION_SKIPPED'"))
          .containsExactly("ann");
    }
  }
}
