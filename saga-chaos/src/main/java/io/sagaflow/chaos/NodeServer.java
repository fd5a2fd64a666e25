package io.sagaflow.chaos;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients can ask of a node. */
final class NodeServer {

  private static final Http.Answer GOOD = new Http.Answer(200, "");
  private static final Http.Answer UNKNOWN = new Http.Answer(404, "not registered here");

  private final SagaCoordinator coordinator;
  private final List<SagaDefinition<Job>> definitions;
  private final JumpingClock clock;

  NodeServer(
      SagaCoordinator coordinator, List<SagaDefinition<Job>> definitions, JumpingClock clock) {
    this.coordinator = coordinator;
    this.definitions = definitions;
    this.clock = clock;
  }

  /** Starts a saga; that it answers is the acknowledgement. */
  Http.Answer start(Map<String, String> query) {
    String key = query.getOrDefault("key", "");
    Job job = new Job(key, query.getOrDefault("fate", ""));
    Optional<SagaDefinition<Job>> definition =
        definitions.stream()
            .filter(candidate -> candidate.toString().equals(query.get("definition")))
            .findFirst();
    return definition
        .map(found -> coordinator.start(found, key, job).id())
        .map(id -> new Http.Answer(200, id.toString()))
        .orElse(UNKNOWN);
  }

  Http.Answer signal(Map<String, String> query) {
    String id = query.getOrDefault("saga", "");
    try {
      coordinator.signal(SagaId.parse(id), Definitions.CUSTOMER_IS_READY, "ready", "signal-" + id);
    } catch (SagaEndedException e) {
      return new Http.Answer(200, "too late");
    }
    return GOOD;
  }

  Http.Answer jump(Map<String, String> query) {
    clock.jump(Duration.ofMillis(Long.parseLong(query.getOrDefault("millis", "0"))));
    return GOOD;
  }
}
