package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.Shop.Behaviour;
import io.sagaflow.testkit.Shop.Declined;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process dies in the middle of a call: of every call, before its effect and after it. */
class CrashInCallTest {

  private static final Duration LEASE = Duration.ofSeconds(10);

  private final Shop shop = new Shop();
  private Instant crashedAt = Instant.MAX;

  record CrashPoint(Scenario scenario, String call, boolean afterEffect) {}

  static List<CrashPoint> crashPoints() {
    List<CrashPoint> points = new ArrayList<>();
    for (Scenario scenario : Scenario.values()) {
      for (String call : scenario.calls()) {
        points.add(new CrashPoint(scenario, call, false));
        if (scenario.takesEffect(call)) {
          points.add(new CrashPoint(scenario, call, true));
        }
      }
    }
    return points;
  }

  @ParameterizedTest
  @MethodSource("crashPoints")
  void givenCrashInACall_whenAnotherNodeTakesOver_thenTheSagaEndsRightly(CrashPoint point) {
    VirtualNode node1 = shop.node("node-1");
    VirtualNode node2 = shop.node("node-2");
    arrange(point, node1);

    shop.start(node1);
    shop.time.settle();
    SagaHandle saga = shop.find(node2);
    saga.await(SOON);

    assertThat(shop.time.now()).isAfterOrEqualTo(crashedAt.plus(LEASE));
    assertThat(resumedBy(saga)).containsExactly("by node-2");
    assertSound(shop, saga, point.scenario().end);
  }

  @ParameterizedTest
  @MethodSource("crashPoints")
  void givenCrashInACall_whenANodeOfTheSameNameStarts_thenTheSagaGoesOnAtOnce(CrashPoint point) {
    VirtualNode node1 = shop.node("node-1");
    arrange(point, node1);

    shop.start(node1);
    shop.time.settle();
    SagaHandle saga = shop.find(shop.node("node-1"));

    assertThat(shop.time.now()).isEqualTo(crashedAt);
    assertThat(resumedBy(saga)).containsExactly("by node-1");
    assertSound(shop, saga, point.scenario().end);
  }

  @Test
  void givenCrashInThePivot_whenItIsRejectedAfterwards_thenStuckAndNothingIsCompensated() {
    VirtualNode node1 = shop.node("node-1");
    VirtualNode node2 = shop.node("node-2");
    shop.on(
        "confirm",
        ctx -> {
          node1.kill();
          throw new Declined(); // which says nothing about the call that the crash cut off
        });

    shop.start(node1);
    shop.time.settle();
    SagaOutcome outcome = shop.find(node2).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(shop.effects).containsExactly("charge", "create", "reserve");
  }

  private void arrange(CrashPoint point, VirtualNode victim) {
    point.scenario().arrange(shop);
    Behaviour crash =
        ctx -> {
          if (crashedAt.equals(Instant.MAX)) {
            crashedAt = shop.time.now();
            victim.kill();
          }
        };
    if (point.afterEffect()) {
      shop.firstAfter(point.call(), crash);
    } else {
      shop.first(point.call(), crash);
    }
  }

  private static List<String> resumedBy(SagaHandle saga) {
    return saga.history().stream()
        .filter(event -> event.kind() == RecordKind.SAGA_RESUMED)
        .map(event -> event.detail().orElse(""))
        .toList();
  }
}
