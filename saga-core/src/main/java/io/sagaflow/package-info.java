/**
 * The API that an application uses: define a saga, start a coordinator, start sagas.
 *
 * <p>Begin with {@link io.sagaflow.SagaDefinition#named} and {@link
 * io.sagaflow.SagaCoordinator#builder}.
 */
@NullMarked
package io.sagaflow;

import org.jspecify.annotations.NullMarked;
