package io.sagaflow.engine;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaId;
import io.sagaflow.SagaListener;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells users what happened; what they throw harms no saga. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<SagaListener> listeners;
  private final EngineOptions options;

  Listeners(List<SagaListener> listeners, EngineOptions options) {
    this.listeners = List.copyOf(listeners);
    this.options = options;
  }

  void tell(SagaId sagaId, List<StoredRecord> records) {
    if (!listeners.isEmpty()) {
      records.forEach(row -> tell(Events.of(sagaId, row)));
    }
  }

  private void tell(SagaEvent event) {
    for (SagaListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (Throwable e) { // an error too, or a checked exception of another language
        LOG.warn(
            "Listener {} failed on {} of saga {}",
            listener.getClass().getName(),
            event.kind(),
            event.sagaId(),
            options.loggable(e));
      }
    }
  }
}
