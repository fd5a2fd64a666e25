package io.sagaflow;

import java.time.Duration;

/**
 * How a step's calls are made.
 *
 * @param failures which exceptions of the action mean what
 * @param retry how often the action is tried
 * @param probeRetry how often an unknown outcome is asked for
 * @param compensationRetry how often the compensation is tried
 * @param timeout how long one attempt of the action may take
 * @param compensationTimeout how long one attempt of the compensation may take
 * @param limit how many calls a coordinator makes at a time
 */
record StepPolicies(
    FailureClasses failures,
    RetryPolicy retry,
    RetryPolicy probeRetry,
    RetryPolicy compensationRetry,
    Duration timeout,
    Duration compensationTimeout,
    CallLimit limit) {

  static StepPolicies of(StepDraft<?, ?> draft, StepKind kind) {
    return new StepPolicies(
        new FailureClasses(draft.rejectedBy, draft.retryOn, draft.abortOn),
        draft.retryFor(kind),
        draft.probeRetryFor(kind),
        draft.compensationRetry,
        draft.timeout,
        draft.compensationTimeout == null ? draft.timeout : draft.compensationTimeout,
        draft.limit);
  }

  StepPolicies decorated(StepDecorator<?> decorator) {
    return new StepPolicies(
        failures,
        decorator.retry(retry),
        probeRetry,
        decorator.retry(compensationRetry),
        timeout,
        compensationTimeout,
        limit);
  }
}
