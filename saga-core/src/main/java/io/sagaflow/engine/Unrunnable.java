package io.sagaflow.engine;

import io.sagaflow.SagaCounts.Count;
import io.sagaflow.UnrunnableSagas;
import io.sagaflow.UnrunnableSagas.Reason;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagasInFlight;
import java.util.ArrayList;
import java.util.List;

/** Compares what is registered with what is in flight. */
final class Unrunnable {

  private final SagaQueries queries;
  private final Shapes shapes;
  private final Definitions definitions;

  Unrunnable(SagaQueries queries, Shapes shapes, Definitions definitions) {
    this.queries = queries;
    this.shapes = shapes;
    this.definitions = definitions;
  }

  List<UnrunnableSagas> find() {
    List<UnrunnableSagas> found = new ArrayList<>();
    for (SagasInFlight sagas : queries.inFlight()) {
      Compiled<?> registered = definitions.find(sagas.definition());
      if (registered == null) {
        found.add(notRegistered(sagas));
      } else {
        shapes
            .others(registered)
            .forEach((before, count) -> found.add(changed(registered, before, count)));
      }
    }
    return found;
  }

  private static UnrunnableSagas notRegistered(SagasInFlight sagas) {
    String text =
        sagas.count()
            + " sagas of "
            + sagas.definition()
            + " are in flight, and this version isn't registered here: they wait unless another"
            + " coordinator has it. Register it until they have ended.";
    return of(sagas.definition(), sagas.count(), Reason.NOT_REGISTERED, text);
  }

  private UnrunnableSagas changed(Compiled<?> registered, String before, long sagas) {
    String text =
        sagas
            + " sagas of "
            + registered.ref()
            + " in flight were started with other steps than it has here, and get stuck when they are"
            + " resumed: "
            + shapes.changes(before, registered)
            + ". Register the old steps under this version and the new ones under the next.";
    return of(registered.ref(), new Count(sagas, true), Reason.CHANGED, text);
  }

  private static UnrunnableSagas of(
      DefinitionRef definition, Count sagas, Reason reason, String text) {
    return new UnrunnableSagas(definition.name(), definition.version(), sagas, reason, text);
  }
}
