/**
 * What is promised, checked by rows alone: it knows the documented tables and nothing of the
 * library's code.
 */
@NullMarked
package io.sagaflow.chaos.audit;

import org.jspecify.annotations.NullMarked;
