package io.sagaflow.testkit.simulation;

import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import org.jspecify.annotations.Nullable;

/**
 * Watches one promise. Each relies on the books, which are made of committed rows and of the calls
 * that participants got, and on nothing that the engine keeps in memory. It answers null if all is
 * well, or else a sentence.
 */
interface Oracle {

  /** The promise, as reports name it. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Looks at each record at its commit, before the books have it. */
  interface OfRecords extends Oracle {

    @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer);
  }

  /** Looks at each append at its commit, before the books have it. */
  interface OfAppends extends Oracle {

    @Nullable String check(SagaBook saga, SagaAppend append);
  }

  /** Looks at each call when it begins, before the books have it. */
  interface OfCalls extends Oracle {

    @Nullable String check(Invocation call);
  }

  /** Looks at each effect of an action when it happens. */
  interface OfEffects extends Oracle {

    @Nullable String check(Invocation call);
  }

  /** Looks at each saga when all is over. */
  interface OfEnds extends Oracle {

    @Nullable String check(SagaBook saga);
  }
}
