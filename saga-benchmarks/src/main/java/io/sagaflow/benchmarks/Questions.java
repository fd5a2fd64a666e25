package io.sagaflow.benchmarks;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaId;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a coordinator is asked about its sagas, in the order of the report.
 *
 * @param all questions by name
 */
record Questions(Map<String, Runnable> all) {

  private static final int DEEP = 200;

  static Questions to(SagaCoordinator coordinator, String definition) {
    SagaQuery every = SagaQuery.all();
    SagaPage first = coordinator.sagas(every.status(COMPLETED));
    SagaId id = first.sagas().get(0).id();
    String key = first.sagas().get(0).businessKey();
    SagaQuery deep = deep(coordinator, every.status(COMPLETED).limit(1_000));
    Map<String, Runnable> all = new LinkedHashMap<>();
    all.put("find_by_id", () -> coordinator.find(id));
    all.put("find_by_key", () -> coordinator.find(definition, key));
    all.put("history", () -> coordinator.history(id));
    list(all, "list_all", coordinator, every);
    list(all, "list_newest", coordinator, every.newestFirst());
    list(all, "list_stuck", coordinator, every.status(STUCK));
    list(all, "list_compensated", coordinator, every.status(COMPENSATED).definition(definition));
    list(all, "list_running_or_stuck", coordinator, every.status(RUNNING, STUCK));
    list(all, "list_step", coordinator, every.step("step-2").status(STUCK));
    list(all, "list_completed", coordinator, every.status(COMPLETED).definition(definition));
    list(all, "list_completed_behind_200000", coordinator, deep.limit(100));
    list(all, "list_nobodys", coordinator, every.definition("nobody"));
    all.put("counts", coordinator::counts);
    all.put("unrunnable", coordinator::unrunnable);
    return new Questions(all);
  }

  private static void list(
      Map<String, Runnable> all, String name, SagaCoordinator coordinator, SagaQuery query) {
    all.put(name, () -> coordinator.sagas(query));
  }

  /** The same query, many pages later if there are so many. */
  private static SagaQuery deep(SagaCoordinator coordinator, SagaQuery query) {
    SagaQuery deep = query;
    for (int i = 0; i < DEEP; i++) {
      SagaPage page = coordinator.sagas(deep);
      if (page.next().isEmpty()) {
        return deep;
      }
      deep = query.after(page.next().get());
    }
    return deep;
  }
}
