package io.sagaflow.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Five orders, told as they happen, and the audit of what they left in the ledgers. */
final class Demo implements AutoCloseable {

  private static final String SKU = "espresso-machine";
  private static final String AMPLE = "card-ample";
  private static final String EMPTY = "card-empty";
  private static final String SLOW_ORDER = "order-c";
  private static final Duration SLOWNESS = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NO_SALE = "inventory: RESERVED 1, RELEASED -1; payments: ";

  private final String url;
  private final PrintStream out;
  private final HikariDataSource dataSource;
  private final Audit audit;
  private boolean asExpected = true;

  Demo(String url, PrintStream out) {
    this.url = url;
    this.out = out;
    this.dataSource = Postgres.pool(url, "demo", 4);
    this.audit = new Audit(dataSource);
  }

  /** What an order has come to when its saga has ended. */
  private record Expected(SagaStatus status, String ledgers) {}

  /** Runs all five, and answers whether everything came as it had to, the audit included. */
  boolean run(boolean sabotage) throws Exception {
    Shop.deliver(dataSource, SKU, 100);
    Shop.issueCard(dataSource, AMPLE, 1_000_000);
    Shop.issueCard(dataSource, EMPTY, 100);
    inThisProcess();
    try (SagaCoordinator observer =
        SagaCoordinator.builder() // without definitions: it looks on and carries no saga
            .store(ShopNode.store(dataSource))
            .nodeName("observer")
            .start()) {
      killedBetweenTwoSteps(observer);
      killedInACompensation(observer);
    }
    if (sabotage) {
      sabotage();
    }
    out.println("The audit: plain SQL over the participants' ledgers");
    boolean audited = audit.print(out);
    return audited && asExpected;
  }

  private void inThisProcess() throws SQLException {
    ShopNode.Setup setup =
        new ShopNode.Setup(url, "shop-1", Duration.ofSeconds(10), slowForOne(), event -> {});
    try (ShopNode shop = ShopNode.start(setup)) {
      run(
          shop,
          "(a) All goes well",
          new Order("order-a", SKU, 2, 59_800, AMPLE),
          new Expected(
              SagaStatus.COMPLETED,
              "orders: CREATED, CONFIRMED, RECEIPT; inventory: RESERVED 2;"
                  + " payments: CHARGED 598.00"));
      run(
          shop,
          "(b) The card is declined: stock back, order cancelled, and no refund of what was"
              + " never taken",
          new Order("order-b", SKU, 1, 29_900, EMPTY),
          new Expected(
              SagaStatus.COMPENSATED, "orders: CREATED, CANCELLED; " + NO_SALE + "nothing"));
      run(
          shop,
          "(c) The payment's answer is late, the money is taken: compensated, money back",
          new Order(SLOW_ORDER, SKU, 1, 29_900, AMPLE),
          new Expected(
              SagaStatus.COMPENSATED,
              "orders: CREATED, CANCELLED; " + NO_SALE + "CHARGED 299.00, REFUNDED -299.00"));
    }
  }

  private void run(ShopNode shop, String title, Order order, Expected expected)
      throws SQLException {
    announce(title, order);
    SagaHandle saga = shop.place(order);
    SagaOutcome outcome = saga.await(PATIENCE);
    new Timeline(saga.history()).print(out);
    conclude(order, outcome, expected);
  }

  private void killedBetweenTwoSteps(SagaCoordinator observer) throws Exception {
    Order order = new Order("order-d", SKU, 3, 89_700, AMPLE);
    announce("(d) kill -9 between two steps; the process is started again", order);
    Instant killedAt;
    try (WorkerProcess first = driveTo("STEP_COMPLETED reserve-stock", order)) {
      killedAt = kill(first, "STEP_COMPLETED reserve-stock");
    }
    try (WorkerProcess second = WorkerProcess.start(url, "--node", "shop-1")) {
      out.println("    pid " + second.pid() + " starts under the same node name");
      finish(
          observer,
          order,
          killedAt,
          new Expected(
              SagaStatus.COMPLETED,
              "orders: CREATED, CONFIRMED, RECEIPT; inventory: RESERVED 3;"
                  + " payments: CHARGED 897.00"));
    }
  }

  private void killedInACompensation(SagaCoordinator observer) throws Exception {
    Order order = new Order("order-e", SKU, 1, 29_900, EMPTY);
    announce(
        "(e) kill -9 in a compensation, when the stock is released and nobody knows; another"
            + " process takes over after the lease of 2 s",
        order);
    try (WorkerProcess first = driveTo("release stock", order); // before anybody watches its lease
        WorkerProcess second =
            WorkerProcess.start(url, "--node", "shop-2", "--lease-millis", "2000")) {
      Instant killedAt = kill(first, "release stock");
      out.println("    pid " + second.pid() + " is another node, and sees no more sign of life");
      finish(
          observer,
          order,
          killedAt,
          new Expected(
              SagaStatus.COMPENSATED, "orders: CREATED, CANCELLED; " + NO_SALE + "nothing"));
    }
  }

  /** Places an order in a process of its own, which stands still at a point. */
  private WorkerProcess driveTo(String point, Order order)
      throws IOException, InterruptedException {
    WorkerProcess first =
        WorkerProcess.start(
            url,
            "--node",
            "shop-1",
            "--lease-millis",
            "2000",
            "--place",
            order.toString(),
            "--stop-at",
            point);
    first.await(Checkpoint.REACHED, PATIENCE);
    return first;
  }

  private Instant kill(WorkerProcess first, String point) throws InterruptedException {
    Instant killedAt = first.kill();
    out.println("    pid " + first.pid() + " drove it until SIGKILL, at: " + point);
    return killedAt;
  }

  private void finish(SagaCoordinator observer, Order order, Instant killedAt, Expected expected)
      throws SQLException {
    SagaHandle saga =
        observer
            .find(PlaceOrder.NAME, order.orderId())
            .orElseThrow(() -> new IllegalStateException("The saga is lost"));
    SagaOutcome outcome = saga.await(PATIENCE);
    new Timeline(saga.history()).killed(killedAt, "SIGKILL").print(out);
    conclude(order, outcome, expected);
  }

  private void announce(String title, Order order) {
    out.println(title);
    out.printf(
        Locale.ROOT,
        "    %s: %d x %s for %d.%02d on %s%n",
        order.orderId(),
        order.quantity(),
        order.sku(),
        order.amountInCents() / 100,
        order.amountInCents() % 100,
        order.card());
  }

  private void conclude(Order order, SagaOutcome outcome, Expected expected) throws SQLException {
    String ledgers = audit.ledgers(order.orderId());
    out.println("    ledgers    " + ledgers);
    boolean same = new Expected(outcome.status(), ledgers).equals(expected);
    if (!same) {
      out.println("    NOT AS IT HAS TO BE: " + expected);
    }
    asExpected &= same;
    out.println();
  }

  /** A network that delays one answer beyond the saga's patience. */
  private static Network slowForOne() {
    return new Network() {
      @Override
      public <T> T call(Request request, Answer<T> participant) throws Exception {
        T answer = participant.answer();
        if (request.equals(new Request("charge payment", SLOW_ORDER))) {
          Thread.sleep(SLOWNESS.toMillis());
        }
        return answer;
      }
    };
  }

  /** Takes money a second time, behind everybody's back, so that the audit can be seen to fail. */
  private void sabotage() throws Exception {
    Sql.transaction(
        dataSource,
        connection ->
            Sql.update(
                connection,
                """
                INSERT INTO shop_payments.ledger (order_id, entry, card, amount_in_cents)
                VALUES ('order-a', 'CHARGED', ?, 59800)
                """,
                AMPLE));
    out.println("Sabotage: order-a was charged a second time");
    out.println();
  }

  @Override
  public void close() {
    dataSource.close();
  }
}
