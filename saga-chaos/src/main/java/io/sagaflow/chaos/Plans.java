package io.sagaflow.chaos;

import io.sagaflow.chaos.audit.Plan;
import java.util.List;

/** What the auditor is told of the suite's definitions; written by hand, not derived from them. */
final class Plans {

  private Plans() {}

  static List<Plan> all() {
    return List.of(
        Plan.of(
            "order",
            1,
            "create-order",
            "reserve-stock",
            "charge-payment",
            "confirm-order",
            "send-receipt"),
        Plan.of(
            "order",
            2,
            "create-order",
            "reserve-stock",
            "charge-payment",
            "confirm-order",
            "send-receipt",
            "ask-for-review"),
        Plan.of("trip", 1, "open-trip", "book-flight|book-hotel", "insure", "issue-ticket!"),
        Plan.of("delivery", 1, "pack", "customer-is-ready*", "hand-over"),
        Plan.of("transfer", 1, "book", "tell-bank"),
        Plan.of("nap", 1, "sleep*", "wake"),
        Plan.of("loop", 1, "begin", "spin*"));
  }
}
