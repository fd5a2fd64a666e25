/** Tests sagas and stores: virtual time, and the contract that every store fulfils. */
@NullMarked
package io.sagaflow.testkit;

import org.jspecify.annotations.NullMarked;
