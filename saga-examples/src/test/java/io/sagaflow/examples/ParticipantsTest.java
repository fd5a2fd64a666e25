package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes twice, too late or out of order, a participant's effect is applied once or not.
 */
class ParticipantsTest {

  private static final Order ORDER = new Order("order-1", "sku-1", 2, 500, "card-1");
  private static final String KEY = "saga:charge";

  private static HikariDataSource dataSource;

  private final Payments payments = new SqlPayments(dataSource, Network.RELIABLE);
  private final Inventory inventory = new SqlInventory(dataSource, Network.RELIABLE);
  private final Audit audit = new Audit(dataSource);

  @BeforeAll
  static void createDatabase() {
    dataSource = Postgres.pool(TestPostgres.freshDatabase().jdbcUrl(), "test", 8);
  }

  @AfterAll
  static void closePool() {
    dataSource.close();
  }

  @BeforeEach
  void openTheShop() throws Exception {
    Shop.open(dataSource);
    Batch.prepare(dataSource);
  }

  @Test
  void givenACharge_whenItComesAgain_thenItIsAnsweredAlikeAndTakenOnce() throws Exception {
    Payment first = payments.charge(KEY, ORDER);

    Payment second = payments.charge(KEY, ORDER);

    assertThat(second).isEqualTo(first);
    assertThat(ledgers()).contains("payments: CHARGED 5.00").doesNotContain("CHARGED 5.00,");
  }

  @Test
  void givenARefund_whenItComesAgain_thenTheMoneyIsReturnedOnce() throws Exception {
    payments.charge(KEY, ORDER);
    payments.refund(KEY, ORDER);

    payments.refund(KEY, ORDER);

    assertThat(ledgers()).contains("payments: CHARGED 5.00, REFUNDED -5.00");
    assertThat(ledgers()).doesNotContain("REFUNDED -5.00,");
  }

  @Test
  void givenNoCharge_whenItIsRefunded_thenNothingMovesAndTheChargeComesTooLate() throws Exception {
    payments.refund(KEY, ORDER);

    assertThatThrownBy(() -> payments.charge(KEY, ORDER)).hasMessageContaining("Too late");
    assertThat(ledgers()).contains("payments: nothing");
  }

  @Test
  void givenARefundedCharge_whenItComesAgain_thenItIsTooLate() throws Exception {
    payments.charge(KEY, ORDER);
    payments.refund(KEY, ORDER);

    assertThatThrownBy(() -> payments.charge(KEY, ORDER)).hasMessageContaining("Too late");
    assertThat(ledgers()).contains("CHARGED 5.00, REFUNDED -5.00");
  }

  @Test
  void givenAnEmptyCard_whenCharged_thenDeclinedAndAnotherTryIsFree() throws Exception {
    Order expensive = new Order("order-2", "sku-1", 1, 500, "card-0");

    assertThatThrownBy(() -> payments.charge(KEY, expensive)).isInstanceOf(PaymentDeclined.class);
    assertThatThrownBy(() -> payments.charge(KEY, expensive)).isInstanceOf(PaymentDeclined.class);
    assertThat(audit.ledgers("order-2")).contains("payments: nothing");
  }

  @Test
  void givenTooLittleStock_whenReserved_thenSoldOutAndNothingIsTaken() {
    Order greedy = new Order("order-3", "sku-0", 51, 500, "card-1");

    assertThatThrownBy(() -> inventory.reserve(KEY, greedy)).isInstanceOf(SoldOut.class);
  }

  @Test
  void givenManyCallsOfOneKey_whenTheyComeAtOnce_thenTheEffectIsAppliedOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Reservation>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        calls.add(() -> inventory.reserve(KEY, ORDER));
      }

      Set<Reservation> answers = new HashSet<>();
      for (Future<Reservation> call : threads.invokeAll(calls)) {
        answers.add(call.get());
      }

      assertThat(answers).hasSize(1);
      assertThat(ledgers()).contains("inventory: RESERVED 2;");
    } finally {
      threads.shutdownNow();
    }
  }

  private String ledgers() throws SQLException {
    return audit.ledgers(ORDER.orderId());
  }
}
