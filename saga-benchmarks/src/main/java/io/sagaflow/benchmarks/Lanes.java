package io.sagaflow.benchmarks;

import io.sagaflow.jdbc.PostgresSagaStore;
import java.lang.reflect.InvocationTargetException;

/** The store's number of lanes, which not every version of the store lets one choose. */
final class Lanes {

  private Lanes() {}

  static void set(PostgresSagaStore.Builder store, int lanes) {
    try {
      PostgresSagaStore.Builder.class.getMethod("lanes", int.class).invoke(store, lanes);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new NotUsableException("--lanes: this version of the store has a fixed number", e);
    } catch (InvocationTargetException e) {
      throw new NotUsableException("--lanes: the store refused it, " + e.getCause(), e);
    }
  }
}
