package io.sagaflow.store;

import java.util.List;

/**
 * A saga that a node has just become the owner of.
 *
 * @param saga the saga, with its whole journal
 * @param orphaned whether its former owner died, so that a call of it may still be open
 * @param recoveries how often it was claimed as an orphan since it last made progress, this time
 *     included
 * @param commands what its inbox holds, oldest first
 */
public record ClaimedSaga(
    StoredSaga saga, boolean orphaned, int recoveries, List<StoredCommand> commands) {

  /** Copies the list. */
  public ClaimedSaga {
    commands = List.copyOf(commands);
  }
}
