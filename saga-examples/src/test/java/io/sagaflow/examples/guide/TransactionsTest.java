package io.sagaflow.examples.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.StepKey;
import io.sagaflow.TransactionRunner;
import io.sagaflow.jdbc.PostgresSagaStore;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guide's samples of transactions, run. */
class TransactionsTest {

  private static final StepKey<Long> OPEN_INVOICE = StepKey.of("open-invoice", Long.class);

  record Order(String orderId, long amountInCents) {}

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();

  private final SagaDefinition<Order> placeOrder =
      SagaDefinition.named("place-order", Order.class)
          .step(OPEN_INVOICE)
          .transactional((ctx, connection) -> openInvoice(connection, ctx.input()))
          .transactionalCompensation(
              (ctx, connection) -> cancelInvoice(connection, ctx.input().orderId()))
          .step("ship")
          .action(ctx -> {})
          .pivot()
          .build();

  private static long openInvoice(Connection connection, Order order) throws SQLException {
    String sql = "INSERT INTO invoice (order_id, amount) VALUES (?, ?) RETURNING id";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, order.orderId());
      statement.setLong(2, order.amountInCents());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static void cancelInvoice(Connection connection, String orderId) throws SQLException {
    update(connection, "DELETE FROM invoice WHERE order_id = ?", orderId);
  }

  private static void update(Connection connection, String sql, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      statement.executeUpdate();
    }
  }

  @BeforeEach
  void createTables() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id text PRIMARY KEY)");
      statement.execute(
          "CREATE TABLE invoice (id bigint GENERATED ALWAYS AS IDENTITY, order_id text, amount"
              + " bigint)");
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void givenAStartInATransaction_whenItIsCommitted_thenTheSagaRuns() throws SQLException {
    Order order = new Order("order-42", 59_800);
    try (SagaCoordinator coordinator = coordinator()) {
      SagaHandle saga;
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        update(connection, "INSERT INTO orders VALUES (?)", order.orderId());
        saga = coordinator.start(connection, placeOrder, order.orderId(), order);
        connection.commit(); // the order and its saga are there, or neither
      }

      assertThat(saga.await(ofSeconds(30)).result(OPEN_INVOICE)).isPresent();
    }
    assertThat(count("invoice")).isEqualTo(1);
  }

  @Test
  void givenAStartInATransaction_whenItIsRolledBack_thenThereIsNoSaga() throws SQLException {
    Order order = new Order("order-43", 100);
    try (SagaCoordinator coordinator = coordinator()) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        SagaHandle saga = coordinator.start(connection, placeOrder, order.orderId(), order);
        connection.rollback();
        assertThatThrownBy(saga::status).hasMessageContaining("isn't committed");
      }
      assertThat(coordinator.find("place-order", "order-43")).isEmpty();
    }
  }

  private SagaCoordinator coordinator() {
    return SagaCoordinator.builder()
        .store(PostgresSagaStore.create(dataSource))
        .register(placeOrder)
        .start();
  }

  @Test
  void givenAFrameworksTransactions_whenASagaRuns_thenItsStepsUseThem() throws SQLException {
    TransactionTemplate template = new TransactionTemplate(dataSource);

    TransactionRunner transactions =
        body ->
            template.executeWithoutResult(
                status -> body.run(DataSourceUtils.getConnection(dataSource)));

    try (SagaCoordinator coordinator =
        SagaCoordinator.builder()
            .store(PostgresSagaStore.create(dataSource))
            .register(placeOrder)
            .transactions(transactions)
            .start()) {
      SagaHandle saga = coordinator.start(placeOrder, "order-44", new Order("order-44", 1));
      assertThat(saga.await(ofSeconds(30)).isCompleted()).isTrue();
    }
    assertThat(template.committed).isEqualTo(1);
  }

  /** Stands for Spring's class of this name. */
  static final class TransactionTemplate {

    private final DataSource dataSource;
    private int committed;

    TransactionTemplate(DataSource dataSource) {
      this.dataSource = dataSource;
    }

    void executeWithoutResult(Consumer<Object> action) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        DataSourceUtils.BOUND.set(connection);
        action.accept("status");
        connection.commit(); // closed without, it rolls back
        committed++;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } finally {
        DataSourceUtils.BOUND.remove();
      }
    }
  }

  /** Stands for Spring's class of this name. */
  static final class DataSourceUtils {

    private static final ThreadLocal<Connection> BOUND = new ThreadLocal<>();

    private DataSourceUtils() {}

    static Connection getConnection(DataSource dataSource) {
      return BOUND.get();
    }
  }
}
