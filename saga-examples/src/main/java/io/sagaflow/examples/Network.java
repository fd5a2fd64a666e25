package io.sagaflow.examples;

/** What lies between the coordinator and a participant, and may lose, delay or cut a call. */
interface Network extends AutoCloseable {

  /** Delivers every call and every answer. */
  Network RELIABLE =
      new Network() {
        @Override
        public <T> T call(Request request, Answer<T> participant) throws Exception {
          return participant.answer();
        }
      };

  /**
   * Carries a request to a participant, and its answer back.
   *
   * @param request what is asked
   * @param participant does it, in a local transaction of its own
   * @return the answer
   * @throws Exception the participant's rejection, or the network's trouble
   */
  <T> T call(Request request, Answer<T> participant) throws Exception;

  /** Waits until all has arrived that is still under way. */
  @Override
  default void close() {}

  /**
   * What is asked of a participant.
   *
   * @param operation the participant's operation
   * @param orderId the order that it is about
   */
  record Request(String operation, String orderId) {}

  /** The participant's side. */
  @FunctionalInterface
  interface Answer<T> {
    T answer() throws Exception;
  }
}
