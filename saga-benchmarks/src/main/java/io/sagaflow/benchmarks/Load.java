package io.sagaflow.benchmarks;

import java.util.concurrent.CompletionStage;

/** Something that is done over and over again, many at a time. */
@FunctionalInterface
interface Load {

  /**
   * Begins one, on a thread that may block.
   *
   * @return completes when it has ended, exceptionally if not as it should
   */
  CompletionStage<?> begin() throws Exception;
}
