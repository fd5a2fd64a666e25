package io.sagaflow.store;

import io.sagaflow.SagaStoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Keeps what definitions looked like, so that it can be said what has changed when a journal
 * doesn't fit any more. A journal has a fingerprint only.
 *
 * <p>Thread-safe. Methods block, at most for the store's timeout, and throw {@link
 * SagaStoreException} if the store doesn't answer.
 */
public interface DefinitionShapes {

  /**
   * Keeps shapes. One of the same definition and fingerprint that is kept already stays.
   *
   * @param shapes the shapes
   */
  void keep(Collection<DefinitionShape> shapes);

  /**
   * Returns the shapes that a version of a definition has had.
   *
   * @param definition the definition
   * @return the shapes, in any order
   */
  List<DefinitionShape> of(DefinitionRef definition);

  /**
   * Finds out with which shapes a definition's sagas in flight were started.
   *
   * @param definition the definition
   * @return how many have each fingerprint; a store may look at some thousands of them only
   */
  Map<String, Long> inFlight(DefinitionRef definition);
}
