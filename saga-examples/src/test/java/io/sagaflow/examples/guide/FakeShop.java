package io.sagaflow.examples.guide;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All participants of the samples in one; notes its calls. */
final class FakeShop {

  static final long TOO_MUCH = 1_000_000;

  final List<String> calls = new CopyOnWriteArrayList<>();

  void create(String key, Object order) {
    calls.add("create");
  }

  void cancel(String orderId) {
    calls.add("cancel");
  }

  QuickStartTest.Reservation reserve(String key, String sku) {
    calls.add("reserve");
    return new QuickStartTest.Reservation("r-" + sku);
  }

  void release(String actionKey) {
    calls.add("release");
  }

  QuickStartTest.Payment charge(String key, long amountInCents) throws PaymentDeclined {
    calls.add("charge");
    if (amountInCents >= TOO_MUCH) {
      throw new PaymentDeclined();
    }
    return new QuickStartTest.Payment("p-1");
  }

  void refund(String actionKey) {
    calls.add("refund");
  }

  void confirm(String key, Object reservation) {
    calls.add("confirm");
  }

  void send(String key, String orderId) {
    calls.add("send");
  }
}
