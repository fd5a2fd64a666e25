package io.sagaflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A step while it is being described; {@link #faults} says what is wrong with it alone. */
final class StepDraft<I, R> {

  /** Names go into idempotency keys, logs and SQL output, so they are plain and short. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  static final String NAME_FORM =
      "1 to 100 characters of A-Z a-z 0-9 . _ -, beginning with a letter or digit";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(7);

  /** Further off, an instant can't be told to every store and timer. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(3_650);

  final StepKey<R> key;

  /** The positions, from 0, of the steps that this one waits for. */
  final List<Integer> after;

  private final boolean inBlock;
  final Set<Class<? extends Throwable>> rejectedBy = new HashSet<>();
  final Set<Class<? extends Throwable>> retryOn = new HashSet<>();
  final Set<Class<? extends Throwable>> abortOn = new HashSet<>();
  @Nullable Action<I, R> action;
  @Nullable Pause pause;
  @Nullable Compensation<I, R> compensation;
  @Nullable ChildSaga<I, ?, R> child;
  @Nullable TransactionalAction<I, R> transactional;
  @Nullable TransactionalCompensation<I, R> transactionalCompensation;
  @Nullable AsyncAction<I, R> asynchronous;
  @Nullable AsyncCompensation<I, R> asynchronousCompensation;
  @Nullable Condition<I> condition;
  @Nullable LockKeys<I> locking;

  /** What the definition has locked before the step, if that is one of its first. */
  @Nullable LockKeys<I> lockingFirst;

  @Nullable StatusQuery<I, R> probe;
  @Nullable RetryPolicy probeRetry;
  @Nullable String whyNoCompensation;
  @Nullable RetryPolicy retry;
  @Nullable Duration compensationTimeout;
  RetryPolicy compensationRetry = RetryPolicy.persistent();
  Duration timeout = DEFAULT_TIMEOUT;
  CallLimit limit = CallLimit.NONE;
  boolean atMostOnce;
  boolean pivot;

  StepDraft(StepKey<R> key, List<Integer> after, boolean inBlock) {
    this.key = key;
    this.after = List.copyOf(after);
    this.inBlock = inBlock;
  }

  /** Stands for what only a coordinator can do. */
  static <I, R> Action<I, R> runByTheCoordinator() {
    return context -> {
      throw new IllegalStateException(
          "Step " + context.step() + " is run by its coordinator; it has no action to call");
    };
  }

  void action(Action<I, R> added) {
    action = added;
    transactional = null;
    asynchronous = null;
  }

  void asynchronous(AsyncAction<I, R> added) {
    action(context -> await(added.begin(context)));
    asynchronous = added;
  }

  void transactional(TransactionalAction<I, R> added) {
    action(
        context -> {
          throw new IllegalStateException("Step " + key.name() + " runs only in a transaction.");
        });
    transactional = added;
  }

  void compensation(Compensation<I, R> added) {
    compensation = added;
    transactionalCompensation = null;
    asynchronousCompensation = null;
  }

  void asynchronousCompensation(AsyncCompensation<I, R> added) {
    compensation(context -> await(added.begin(context)));
    asynchronousCompensation = added;
  }

  void transactionalCompensation(TransactionalCompensation<I, R> added) {
    compensation(
        context -> {
          throw new IllegalStateException(
              "The compensation of step " + key.name() + " runs only in a transaction.");
        });
    transactionalCompensation = added;
  }

  /** An interrupt doesn't end the call, which is running until its stage completes. */
  private static <T> T await(CompletionStage<T> stage) throws Exception {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof Exception failure ? failure : e;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** It waits, and does nothing that could be undone. */
  void pause(Pause what) {
    pause = what;
    whyNoCompensation = "it only waits";
    action = runByTheCoordinator();
  }

  RetryPolicy retryFor(StepKind kind) {
    if (atMostOnce) {
      return RetryPolicy.none();
    }
    if (retry != null) {
      return retry;
    }
    return kind == StepKind.COMPENSATABLE ? RetryPolicy.brief() : RetryPolicy.forever();
  }

  RetryPolicy probeRetryFor(StepKind kind) {
    if (probeRetry != null) {
      return probeRetry;
    }
    return kind == StepKind.COMPENSATABLE ? RetryPolicy.brief() : RetryPolicy.forever();
  }

  List<String> faults(StepKind kind) {
    List<String> faults = new ArrayList<>();
    if (!NAME.matcher(key.name()).matches()) {
      faults.add("the name must be " + NAME_FORM);
    }
    if (action == null && child == null) {
      faults.add("it has no action");
    }
    if (child != null) {
      faults.addAll(childFaults(kind, child));
    }
    faults.addAll(recoveryFaults(kind));
    faults.addAll(pivotFaults());
    faults.addAll(transactionFaults());
    faults.addAll(pauseFaults(kind));
    if (probeRetry != null && probe == null) {
      faults.add("probeRetry(...) needs a probe(...)");
    }
    if (whyNoCompensation != null && whyNoCompensation.isBlank()) {
      faults.add("withoutCompensation needs a reason");
    }
    if (atMostOnce && retry != null) {
      faults.add("atMostOnce() forbids retry(...): the action is never called a second time");
    }
    faults.addAll(limit.faults());
    faults.addAll(lockingFaults(kind));
    addTimeoutFault(faults, "timeout", timeout);
    if (compensationTimeout != null) {
      addTimeoutFault(faults, "compensationTimeout", compensationTimeout);
    }
    return faults;
  }

  private List<String> recoveryFaults(StepKind kind) {
    return switch (kind) {
      case COMPENSATABLE -> compensatableFaults();
      case PIVOT, RETRIABLE -> forwardFaults(kind);
    };
  }

  private List<String> compensatableFaults() {
    if (compensation == null && whyNoCompensation == null && child == null) {
      return List.of(
          "it has no compensation: give it one, or say why it needs none with"
              + " withoutCompensation(reason) or readOnly(), or make it the pivot()");
    }
    if (compensation != null && whyNoCompensation != null) {
      return List.of("it has a compensation and says that it needs none");
    }
    return List.of();
  }

  private List<String> forwardFaults(StepKind kind) {
    String position = kind == StepKind.PIVOT ? "the pivot" : "after the pivot";
    List<String> faults = new ArrayList<>();
    if (compensation != null) {
      faults.add("it is " + position + ", so it is never compensated: remove its compensation");
    }
    if (atMostOnce && !(kind == StepKind.PIVOT && probe != null)) {
      faults.add(
          "it is "
              + position
              + ", so an unknown outcome is settled by calling it again: remove atMostOnce()"
              + (kind == StepKind.PIVOT ? ", or give it a probe(...)" : ""));
    }
    return faults;
  }

  private List<String> childFaults(StepKind kind, ChildSaga<I, ?, R> saga) {
    List<String> faults = new ArrayList<>();
    String name = "its child " + saga.definition();
    if (kind == StepKind.COMPENSATABLE && whyNoCompensation == null && !saga.isReversible()) {
      faults.add(
          name
              + " has a pivot, so it can't be undone as a whole: make this step the pivot(), put it"
              + " behind the pivot, or say withoutCompensation(reason)");
    }
    if (kind == StepKind.RETRIABLE && saga.definition().locks()) {
      faults.add(
          name
              + " takes locks, and comes after the pivot, where it can't give way to another: take"
              + " them before, with locking(...) of the definition or of an earlier step");
    }
    if (1 + ChildSaga.depth(saga.definition()) > ChildSaga.MOST_DEPTH) {
      faults.add(name + " nests children deeper than " + ChildSaga.MOST_DEPTH);
    }
    saga.resultOf()
        .filter(key -> !saga.hasStep(key))
        .ifPresent(
            key ->
                faults.add(
                    name
                        + " has no step '"
                        + key.name()
                        + "' with a result of "
                        + key.type().getName()));
    return faults;
  }

  private List<String> transactionFaults() {
    List<String> faults = new ArrayList<>();
    if (transactional != null && atMostOnce) {
      faults.add("it is transactional, so it takes effect exactly once: remove atMostOnce()");
    }
    if (transactional != null && probe != null) {
      faults.add("it is transactional, so its outcome is never unknown: remove probe(...)");
    }
    return faults;
  }

  private List<String> lockingFaults(StepKind kind) {
    if (condition != null && lockingFirst != null) {
      return List.of(
          "it may be skipped, and the locks of its definition with it: begin with a step without"
              + " onlyIf(...), or give locking(...) to the steps that need it");
    }
    if (pause != null && lockingFirst != null) {
      return List.of(
          "it only waits, and can't take the locks of its definition: begin with another step");
    }
    if (locking != null && kind == StepKind.RETRIABLE) {
      return List.of(
          "it comes after the pivot, where a saga can't give way to another: take its locks before,"
              + " with locking(...) of the definition or of an earlier step");
    }
    return List.of();
  }

  /** All that has to be locked before the step. */
  @Nullable LockKeys<I> locks() {
    LockKeys<I> own = locking;
    LockKeys<I> first = lockingFirst;
    if (own == null || first == null) {
      return own == null ? first : own;
    }
    return context -> {
      List<String> keys = new ArrayList<>(first.of(context));
      keys.addAll(own.of(context));
      return keys;
    };
  }

  private List<String> pauseFaults(StepKind kind) {
    if (pause == null || pause.time().isEmpty()) {
      return List.of();
    }
    boolean signal = pause.kind() == Pause.Kind.SIGNAL;
    Duration time = pause.time().get();
    List<String> faults = new ArrayList<>();
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_PAUSE) > 0) {
      String what = signal ? "the timeout of its signal" : "its duration";
      faults.add(what + " must be positive and at most 3,650 days; got " + time);
    }
    if (signal && kind != StepKind.COMPENSATABLE) {
      faults.add(
          "it comes after the pivot, where there is nothing to turn back to: wait for its signal"
              + " without a timeout");
    }
    return faults;
  }

  private List<String> pivotFaults() {
    List<String> faults = new ArrayList<>();
    if (pivot && inBlock) {
      faults.add("it is the pivot, and in a parallel block: beside it, others may still turn back");
    }
    if (pivot && condition != null) {
      faults.add("it is the pivot, so it can't be skipped: remove onlyIf(...)");
    }
    return faults;
  }

  private static void addTimeoutFault(List<String> faults, String option, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      faults.add(option + " must be positive and at most 7 days; got " + timeout);
    }
  }
}
