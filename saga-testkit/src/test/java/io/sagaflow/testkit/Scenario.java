package io.sagaflow.testkit;

import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.Shop.Behaviour;
import io.sagaflow.testkit.Shop.Declined;
import java.util.ArrayList;
import java.util.List;

/** What an order meets, apart from crashes. */
enum Scenario {
  NO_TROUBLE(SagaStatus.COMPLETED),
  CHARGE_REJECTED(SagaStatus.COMPENSATED),
  CHARGE_UNKNOWN(SagaStatus.COMPENSATED);

  final SagaStatus end;

  Scenario(SagaStatus end) {
    this.end = end;
  }

  void arrange(Shop shop) {
    switch (this) {
      case NO_TROUBLE -> {}
      case CHARGE_REJECTED -> shop.on("charge", throwing(new Declined()));
      case CHARGE_UNKNOWN -> shop.after("charge", throwing(new IllegalStateException("reset")));
    }
  }

  /** Whether a call has an effect at all. */
  boolean takesEffect(String call) {
    return this != CHARGE_REJECTED || !call.equals("charge");
  }

  /** The calls of an order that meets this and no crash. */
  List<String> calls() {
    Shop shop = new Shop();
    arrange(shop);
    shop.run();
    return new ArrayList<>(shop.calls);
  }

  private static Behaviour throwing(Exception failure) {
    return ctx -> {
      throw failure;
    };
  }
}
