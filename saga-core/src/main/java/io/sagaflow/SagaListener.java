package io.sagaflow;

/**
 * Learns of what this coordinator's sagas do.
 *
 * <p>Called after the record is durable, in the order of the journal for each saga, and never
 * concurrently for one saga; for different sagas, concurrently. It may call the coordinator, to
 * start another saga, say, or to find or cancel one. Its saga goes on when the call has returned,
 * so hand long work to a thread of your own: sagas are moved by as many threads as there are
 * processors, and a listener that blocks holds up others, too. What a listener throws is logged and
 * harms no saga. Delivery is at most once: a crash between the append and the call loses the call,
 * the journal has the truth.
 */
@FunctionalInterface
public interface SagaListener {

  /**
   * Called for each record that this coordinator appended.
   *
   * @param event what happened
   */
  void onEvent(SagaEvent event);
}
