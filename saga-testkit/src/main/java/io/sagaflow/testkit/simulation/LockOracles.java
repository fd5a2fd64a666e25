package io.sagaflow.testkit.simulation;

import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is promised of semantic locks. */
final class LockOracles {

  private LockOracles() {}

  /** The saga that a child is part of, in the end; any other is its own. */
  static SagaBook outermost(SagaBook saga) {
    SagaBook root = saga;
    while (root.parent != null) {
      root = root.parent;
    }
    return root;
  }

  static List<Oracle.OfRecords> ofRecords() {
    return List.of(new LocksKeepOthersAway());
  }

  /**
   * From the record that a step with locks may begin to the end of its outermost saga, no other
   * family has such a record for one of its keys.
   */
  static final class LocksKeepOthersAway implements Oracle.OfRecords {

    private final Map<String, SagaBook> holders = new HashMap<>();

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      return switch (row.kind()) {
        case "STEP_STARTED" -> take(saga, saga.step(RecordOracles.stepOf(row)).plan);
        case "SAGA_COMPLETED", "SAGA_COMPENSATED" -> {
          holders.values().removeIf(holder -> holder == saga);
          yield null;
        }
        default -> null;
      };
    }

    private @Nullable String take(SagaBook saga, StepPlan plan) {
      SagaBook family = familyOf(saga);
      for (String key : plan.manner().keys(saga.number, plan)) {
        SagaBook holder = holders.putIfAbsent(key, family);
        if (holder != null && holder != family) {
          return saga
              + " begins step "
              + plan.name()
              + " with "
              + key
              + ", which "
              + holder
              + " has";
        }
      }
      return null;
    }

    private static SagaBook familyOf(SagaBook saga) {
      SagaBook root = outermost(saga);
      return root.ended ? saga : root;
    }
  }
}
