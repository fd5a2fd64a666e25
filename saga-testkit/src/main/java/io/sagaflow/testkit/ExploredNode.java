package io.sagaflow.testkit;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.util.Optional;

/** A process of a trial, with a coordinator in which the trial's faults happen. */
final class ExploredNode<I> implements FaultyCalls.Node {

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(1);

  private final String name;
  private final VirtualNode process;
  private final SagaDefinition<I> definition;

  /** What all processes of a trial have in common. */
  record World<I>(
      SagaDefinition<I> definition,
      PayloadCodec codec,
      VirtualTime time,
      EffectLedger ledger,
      InMemorySagaStore store) {}

  ExploredNode(String name, Trial trial, World<I> world) {
    this.name = name;
    this.process = world.time().newNode();
    Disturber disturber = new Disturber(trial, world.time(), world.store());
    this.definition =
        DefinitionCopy.of(
            world.definition(), new FaultyCalls<>(trial, world.ledger(), disturber, this));
    CrashingStore store =
        new CrashingStore(world.store(), (write, records) -> trial.fateOfWrite(name, records));
    store.kills(process);
    process.started(
        SagaCoordinator.builder()
            .store(store)
            .nodeName(name)
            .codec(world.codec())
            .leaseDuration(LEASE)
            .pollInterval(trial.poll)
            .storeTimeout(STORE_TIMEOUT)
            .register(definition)
            .startIn(process::environment));
    world.time().settle();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void kill() {
    process.kill();
  }

  /** Starts the saga as a caller does that repeats a start without an answer. */
  void startUnlessStarted(String businessKey, I input) {
    if (find(businessKey).isEmpty()) {
      try {
        process.coordinator().start(definition, businessKey, input);
      } catch (SagaStoreException e) {
        // the process died in it, and nobody answered: the next one goes on
      }
    }
  }

  /** Sends a signal as a sender does that repeats it without an answer. */
  void signal(String businessKey, ExploredSignal<?> signal) {
    try {
      if (find(businessKey).isPresent()) {
        signal.send(process.coordinator(), definition.name(), businessKey);
      }
    } catch (SagaEndedException | SagaStoreException | CoordinatorClosedException e) {
      // it ended without it; or the process died, and the next one sends it again
    }
  }

  Optional<SagaHandle> find(String businessKey) {
    return process.coordinator().find(definition.name(), businessKey);
  }
}
