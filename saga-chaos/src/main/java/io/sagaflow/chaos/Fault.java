package io.sagaflow.chaos;

import java.util.Locale;

/** What the nemesis does; participants have their own {@link Misbehaviour}. */
enum Fault {
  KILL_NODE(80),
  STOP_NODE(4),
  PAUSE_NODE(20),
  PAUSE_NODE_IN_APPEND(14),
  CLOCK_JUMP(2),
  SMALL_POOL(2),
  LACKING_DEFINITIONS(2),
  KILL_DATABASE(14),
  TERMINATE_BACKENDS(2),
  CUT_CONNECTIONS(2),
  DELAY_CONNECTIONS(2),
  BLACK_HOLE_FOR_REQUESTS(2),
  BLACK_HOLE_FOR_ANSWERS(2),
  HOLD_APPEND_UNTIL_TAKEN_OVER(2),
  CUT_BEFORE_APPEND(2),
  CUT_AFTER_APPEND(2),
  CUT_BEFORE_COMMIT(2),
  CUT_AFTER_COMMIT(2),
  POISON_PAYLOAD(2),
  POISON_ERROR(2),
  POISON_LOOP(2),
  MANY_PARKED(1),
  PROMOTE_STANDBY(6),
  KILL_STANDBY(2),
  KILL_POOLER(4);

  private final int weight;

  Fault(int weight) {
    this.weight = weight;
  }

  int weight() {
    return weight;
  }

  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
