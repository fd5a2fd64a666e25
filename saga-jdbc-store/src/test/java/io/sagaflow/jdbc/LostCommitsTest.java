package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A database that forgets, as a lagging standby does that is promoted, or a backup. */
class LostCommitsTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);

  @Test
  void givenRenewalThatTheDatabaseHasLost_whenTheLeaseIsRenewed_thenTheNodeIsFenced()
      throws Exception {
    try (PostgresSagaStore store = PostgresSagaStore.create(database)) {
      NodeId node = store.join("n1");
      store.heartbeat(node);
      store.heartbeat(node);
      look.execute("UPDATE saga_node SET beats = 1 WHERE lane = 0");

      assertThatThrownBy(() -> store.heartbeat(node)).isInstanceOf(NodeFencedException.class);

      NodeId again = store.join("n1");
      assertThat(store.heartbeat(again)).hasSize(1);
    }
  }

  @Test
  void givenRenewalWhoseAnswerWasLost_whenTheLeaseIsRenewed_thenItIs() throws Exception {
    try (PostgresSagaStore store = PostgresSagaStore.create(database)) {
      NodeId node = store.join("n1");
      store.heartbeat(node);
      look.execute("UPDATE saga_node SET beats = beats + 1 WHERE lane = 0");

      assertThat(store.heartbeat(node)).hasSize(1);
    }
  }
}
