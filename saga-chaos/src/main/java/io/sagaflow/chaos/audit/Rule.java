package io.sagaflow.chaos.audit;

import java.util.List;

/** Looks for one kind of flaw. */
@FunctionalInterface
interface Rule {

  /** Says what is wrong, a sentence for each flaw. */
  List<String> flaws(Plan plan, History history);
}
