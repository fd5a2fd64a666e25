package io.sagaflow.testkit;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What goes wrong in one run. Its text names the run: the same text, the same run.
 *
 * @param callFaults what goes wrong with calls; at most one for each call
 * @param crashes where processes die, in the order of the run
 * @param elsewhere whether a node of another name resumes the saga, after the lease; otherwise one
 *     of the same name does, at once
 */
record FaultPlan(List<CallFault> callFaults, List<CrashPoint> crashes, boolean elsewhere) {

  static final FaultPlan NONE = new FaultPlan(List.of(), List.of(), false);

  FaultPlan {
    callFaults = List.copyOf(callFaults);
    crashes = List.copyOf(crashes);
  }

  static FaultPlan of(CallFault... faults) {
    return new FaultPlan(List.of(faults), List.of(), false);
  }

  FaultPlan with(CrashPoint crash) {
    List<CrashPoint> more = new ArrayList<>(crashes);
    more.add(crash);
    return new FaultPlan(callFaults, more, elsewhere);
  }

  FaultPlan resumedElsewhere() {
    return new FaultPlan(callFaults, crashes, true);
  }

  /** The fault that a call meets, if any. */
  Optional<CallFault> faultOf(Callee callee, int number) {
    return callFaults.stream().filter(fault -> fault.hits(callee, number)).findFirst();
  }

  /** Whether the saga is cancelled while a call goes on. */
  boolean cancels(Callee callee) {
    return callFaults.stream().anyMatch(fault -> fault.isCancel() && fault.callee().equals(callee));
  }

  Set<FaultKind> kinds() {
    Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
    callFaults.forEach(fault -> kinds.add(fault.kind()));
    if (!crashes.isEmpty()) {
      kinds.add(FaultKind.CRASH);
    }
    return kinds;
  }

  int size() {
    return callFaults.size() + crashes.size();
  }

  @Override
  public String toString() {
    String faults =
        Stream.concat(callFaults.stream(), crashes.stream())
            .map(Object::toString)
            .collect(Collectors.joining(" + "));
    if (faults.isEmpty()) {
      return "no fault";
    }
    return elsewhere ? faults + " + resume on another node" : faults;
  }
}
