package io.sagaflow.testkit;

import io.sagaflow.RecordKind;
import io.sagaflow.StepContext;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.CrashPoint.Moment;
import io.sagaflow.testkit.CrashingStore.Fate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run while it goes on: which points it has passed, which calls it has made, and which of the
 * planned faults are still to come. One thread of {@link VirtualTime}'s world at a time uses it.
 */
final class Trial {

  final FaultPlan plan;

  /** How often coordinators look for commands. */
  final Duration poll;

  final RunTimeline timeline;
  final List<CrashPoint> points = new ArrayList<>();
  final List<Called> calls = new ArrayList<>();
  final List<LateCall> lateCalls = new ArrayList<>();

  private final Deque<CrashPoint> crashesToCome;
  private final Map<Callee, Integer> numbers = new HashMap<>();
  private final Map<String, String> madeUpKeys = new HashMap<>();
  private final Set<String> missedResults = new HashSet<>();
  private int writes;
  private boolean crashed;
  private boolean settled;
  private int pointsAtLastCrash;

  /** One attempt of a call, with the key that the coordinator gave it. */
  record Called(Callee callee, int number, String key) {}

  /** A request that arrives when the saga has ended. */
  record LateCall(Callee callee, LateRequest request) {}

  /** Lets a participant have a request. */
  @FunctionalInterface
  interface LateRequest {
    void arrive() throws Exception;
  }

  Trial(FaultPlan plan, Duration poll, VirtualTime time) {
    this.plan = plan;
    this.poll = poll;
    this.timeline = new RunTimeline(time);
    this.crashesToCome = new ArrayDeque<>(plan.crashes());
  }

  /** A call begins. */
  Called begin(Callee callee, StepContext<?> context) {
    int number = numbers.merge(callee, 1, Integer::sum);
    Called called = new Called(callee, number, context.idempotencyKey());
    calls.add(called);
    return called;
  }

  /** Says whether the process dies here. */
  boolean isFatal(CrashPoint point, String node) {
    points.add(point);
    if (!point.equals(crashesToCome.peek())) {
      return false;
    }
    crashesToCome.remove();
    timeline.fault(node, "is killed: " + point);
    crashed = true;
    pointsAtLastCrash = points.size();
    return true;
  }

  /** A node is about to write. */
  Fate fateOfWrite(String node, List<StoredRecord> records) {
    if (records.isEmpty()) {
      return Fate.WRITTEN; // a mere release
    }
    int write = ++writes;
    String text = "write " + write + ": " + text(records);
    if (isFatal(CrashPoint.ofWrite(Moment.BEFORE, write), node)) {
      timeline.note(node, "lost " + text);
      return Fate.KILLED_BEFORE;
    }
    timeline.note(node, text);
    settled = settles(records);
    return isFatal(CrashPoint.ofWrite(Moment.AFTER, write), node)
        ? Fate.KILLED_AFTER
        : Fate.WRITTEN;
  }

  /** The point after a call's last effect is left out: the one after the call stands for it. */
  void forgetLastEffect(Callee callee, int number) {
    CrashPoint last = points.get(points.size() - 1);
    if (last.moment() == Moment.AMID
        && last.at().startsWith(CrashPoint.ofCall(Moment.AMID, callee, number).at())) {
      points.remove(points.size() - 1);
    }
  }

  /** A compensation asked for its action's result, which isn't known. */
  void missedResult(String step) {
    missedResults.add(step);
  }

  boolean hasMissedResult(String step) {
    return missedResults.contains(step);
  }

  /** Returns whether a process has died since this was asked before. */
  boolean takeCrash() {
    boolean was = crashed;
    crashed = false;
    return was;
  }

  boolean isOver() {
    return crashed || settled;
  }

  /** The points that the run has passed since its last crash. */
  List<CrashPoint> pointsSinceCrash() {
    return List.copyOf(points.subList(pointsAtLastCrash, points.size()));
  }

  /** Whether every planned crash has come about. */
  boolean hasCrashedAsPlanned() {
    return crashesToCome.isEmpty();
  }

  /** A key without what differs from one run to the next. */
  String shown(String key, String sagaId) {
    return key.contains(sagaId)
        ? key.replace(sagaId, "saga")
        : madeUpKeys.computeIfAbsent(key, k -> "other-key-" + (madeUpKeys.size() + 1));
  }

  private static boolean settles(List<StoredRecord> records) {
    String last = records.get(records.size() - 1).kind();
    return last.equals(RecordKind.SAGA_COMPLETED.name())
        || last.equals(RecordKind.SAGA_COMPENSATED.name())
        || last.equals(RecordKind.SAGA_STUCK.name());
  }

  private static String text(List<StoredRecord> records) {
    return records.stream().map(Trial::text).collect(Collectors.joining(", "));
  }

  private static String text(StoredRecord record) {
    @Nullable String step = record.step();
    @Nullable String detail = record.detail();
    return record.kind()
        + (step == null ? "" : " " + step)
        + (detail == null || detail.isBlank() ? "" : " (" + detail + ")");
  }
}
