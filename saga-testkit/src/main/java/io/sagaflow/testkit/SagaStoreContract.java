package io.sagaflow.testkit;

import io.sagaflow.store.SagaStore;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link SagaStore} must do. A store's own test extends this class and says how to
 * create an empty store; it then runs all of the contract, theme by theme.
 */
public abstract class SagaStoreContract {

  /** For subclasses. */
  protected SagaStoreContract() {}

  /**
   * Creates an empty store, not opened yet.
   *
   * @return the store; closed after the test
   */
  protected abstract SagaStore createStore();

  /** How sagas are started: idempotently by business key. */
  @Nested
  class Starting extends StartContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How records are appended: all or nothing, in order, each number once. */
  @Nested
  class Appending extends AppendContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How a node that has lost its lease is kept from writing. */
  @Nested
  class Fencing extends FencingContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How the sagas of nodes that died or left become free for others. */
  @Nested
  class TakingOver extends TakeOverContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How free sagas that are due are claimed, each by one node. */
  @Nested
  class Claiming extends ClaimContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How commands reach the owner of a saga. */
  @Nested
  class Commands extends CommandContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How sagas are listed and counted. */
  @Nested
  class Listing extends ListingContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How ended sagas are deleted, and no others. */
  @Nested
  class Purging extends PurgeContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** How the shapes of definitions are kept. */
  @Nested
  class Shapes extends ShapesContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }

  /** Who holds semantic locks, and who waits for them. */
  @Nested
  class Locking extends LockContract {

    @Override
    SagaStore createStore() {
      return SagaStoreContract.this.createStore();
    }
  }
}
