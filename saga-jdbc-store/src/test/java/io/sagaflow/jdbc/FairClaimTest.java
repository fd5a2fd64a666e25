package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Coordinators on a real PostgreSQL that divide the sagas of one that is gone. They look for work
 * when they are asked to, and not by the clock.
 */
class FairClaimTest {

  private static final int SAGAS = 300;

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final SagaDefinition<String> endless =
      SagaDefinition.named("endless", String.class)
          .step("wait", String.class)
          .actionAsync(ctx -> new CompletableFuture<>())
          .readOnly()
          .build();

  private SagaCoordinator start(String node) {
    return SagaCoordinator.builder()
        .store(PostgresSagaStore.create(database))
        .nodeName(node)
        .register(endless)
        .leaseDuration(Duration.ofMinutes(5))
        .pollInterval(Duration.ofHours(1))
        .drainTimeout(Duration.ofMillis(1))
        .start();
  }

  /** A command that the coordinator posts makes it look for what is due as well. */
  private void lookForWork(SagaCoordinator coordinator, String key) throws Exception {
    SagaHandle saga = coordinator.start(endless, key, "input");
    saga.cancel("ann", "to be looked at");
    saga.await(Shop.SOON);
  }

  private int ownedBy(String node) throws Exception {
    return Integer.parseInt(
        look.query(
                "SELECT count(*) FROM saga_instance i JOIN saga_node n ON n.id = i.owner"
                    + " WHERE n.name = '"
                    + node
                    + "'")
            .get(0));
  }

  @Test
  void givenThreeCoordinators_whenOneIsGone_thenTheOthersGetAboutHalfOfItsSagasEach()
      throws Exception {
    try (SagaCoordinator second = start("node-2");
        SagaCoordinator third = start("node-3")) {
      try (SagaCoordinator first = start("node-1")) {
        for (int i = 0; i < SAGAS; i++) {
          first.start(endless, "key-" + i, "input");
        }
        assertThat(ownedBy("node-1")).isEqualTo(SAGAS);
      }

      lookForWork(second, "a");
      Look.await("the second to claim", () -> ownedBy("node-2") > 0);
      int share = ownedBy("node-2");
      lookForWork(third, "b");
      Look.await("all to be claimed", () -> ownedBy("node-2") + ownedBy("node-3") == SAGAS);

      assertThat(share).isBetween(SAGAS / 3, SAGAS * 2 / 3);
      assertThat(ownedBy("node-2")).isEqualTo(share);
      assertThat(List.of(ownedBy("node-2"), ownedBy("node-3")))
          .allSatisfy(owned -> assertThat(owned).isBetween(SAGAS / 3, SAGAS * 2 / 3));
    }
  }
}
