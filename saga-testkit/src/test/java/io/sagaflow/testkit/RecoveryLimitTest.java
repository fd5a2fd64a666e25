package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A saga that brings its process down again and again is stuck after 25 take-overs. */
class RecoveryLimitTest {

  private static final int LIMIT = 25;

  private final Shop shop = new Shop();
  private VirtualNode current = shop.node("node-1");
  private int deaths;

  private void restart() {
    current = shop.node("node-1");
    shop.time.settle();
  }

  @Test
  void givenActionThatKillsItsProcess_whenTakenOverTooOften_thenStuckWithTheReason() {
    shop.on("reserve", ctx -> shop.time.nodeOfCaller().kill());
    shop.start(current);
    shop.time.settle();
    for (int i = 0; i < LIMIT; i++) {
      restart();
    }
    assertThat(shop.calls).filteredOn("reserve"::equals).hasSize(1 + LIMIT);

    restart();
    SagaOutcome outcome = shop.find(current).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("Taken over 26 times without progress");
    assertThat(shop.calls).filteredOn("reserve"::equals).hasSize(1 + LIMIT);
  }

  @Test
  void givenLimitOfTheUsersOwn_whenTakenOverMoreOften_thenStuck() {
    shop.on("reserve", ctx -> shop.time.nodeOfCaller().kill());
    shop.start(current);
    shop.time.settle();

    for (int i = 0; i < 3; i++) {
      current = shop.time.start(shop.builder("node-1").maxRecoveries(2));
      shop.time.settle();
    }
    SagaOutcome outcome = shop.find(current).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("Taken over 3 times without progress");
    assertThat(shop.calls).filteredOn("reserve"::equals).hasSize(3);
  }

  @Test
  void givenSagaTakenOverTooOften_whenRetried_thenItGoesOnWithAFreshCount() {
    shop.on("reserve", ctx -> shop.time.nodeOfCaller().kill());
    shop.start(current);
    shop.time.settle();
    for (int i = 0; i <= LIMIT; i++) {
      restart();
    }

    current.coordinator().retry(shop.find(current).id(), "ann", "once more");
    shop.time.advance(Duration.ofSeconds(1)); // which kills it again
    shop.on("reserve", ctx -> {});
    restart();

    assertSound(shop, shop.find(current), SagaStatus.COMPLETED);
  }

  @Test
  void givenProgressInBetween_whenTakenOverOftenInAll_thenItIsNotStuck() {
    int[] left = {LIMIT};
    Shop.Behaviour deadly =
        ctx -> {
          if (left[0]-- > 0) {
            shop.time.nodeOfCaller().kill();
          }
          left[0] = LIMIT;
        };
    shop.on("create", deadly);
    shop.on("reserve", deadly);
    shop.start(current);
    shop.time.settle();
    for (int i = 0; i < 2 * LIMIT; i++) {
      restart();
    }

    SagaHandle saga = shop.find(current);

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).filteredOn("SAGA_RESUMED"::equals).hasSize(2 * LIMIT);
  }

  /** No call of it is reached, so that none could be blamed. */
  @Test
  void givenInputThatKillsItsProcess_whenTakenOverTooOften_thenStuckWithoutBeingRead() {
    leaveADeadlyOrder();
    start(new Deadly());
    start(new Deadly());
    assertThat(deaths).isEqualTo(2);

    start(new Deadly());

    assertThat(shop.find(current).await(SOON).reason().orElseThrow())
        .contains("Taken over 3 times without progress");
    assertThat(deaths).isEqualTo(2);
    assertThat(shop.calls).containsExactly("create");
  }

  @Test
  void givenInputThatKilledItsProcess_whenItIsMendedAndRetried_thenTheSagaGoesOn() {
    leaveADeadlyOrder();
    for (int i = 0; i < 3; i++) {
      start(new Deadly());
    }

    start(Shop.JSON);
    current.coordinator().retry(shop.find(current).id(), "ann", "mended");

    shop.time.settle();
    assertThat(shop.find(current).await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenCommandsToASagaThatKills_whenItGetsStuck_thenTheyAreAnswered() {
    SagaId saga = leaveADeadlyOrder();
    start(new Deadly());
    start(new Deadly());
    shop.store.post(saga, NewCommand.of(CommandKind.CANCEL, "ann", "because"));
    shop.store.post(saga, NewCommand.of(CommandKind.MARK_DONE, "bob", "x").withStep("create"));

    start(new Deadly());

    assertThat(Shop.kinds(shop.find(current)))
        .endsWith("SAGA_RESUMED", "SAGA_TURNED_BACK", "COMMAND_REFUSED", "SAGA_STUCK");
  }

  private SagaId leaveADeadlyOrder() {
    shop.on("create", ctx -> shop.time.nodeOfCaller().kill());
    SagaId saga = shop.start(current).id();
    shop.time.settle();
    shop.on("create", ctx -> {});
    return saga;
  }

  private void start(PayloadCodec codec) {
    current = shop.time.start(shop.builder("node-1").maxRecoveries(2).codec(codec));
    shop.time.settle();
  }

  /** Whoever reads with it dies. */
  private final class Deadly implements PayloadCodec {
    @Override
    public byte[] encode(Object value, PayloadContext context) {
      return Shop.JSON.encode(value, context);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
      deaths++;
      shop.time.nodeOfCaller().kill();
      throw new AssertionError("dead");
    }

    @Override
    public boolean holds(byte[] bytes, Object value, PayloadContext context) {
      return Shop.JSON.holds(bytes, value, context);
    }
  }
}
