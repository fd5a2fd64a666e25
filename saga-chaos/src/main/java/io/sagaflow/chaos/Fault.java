package io.sagaflow.chaos;

import java.util.Locale;

/** What the nemesis does; participants have their own {@link Misbehaviour}. */
enum Fault {
  KILL_NODE(40),
  STOP_NODE(2),
  PAUSE_NODE(10),
  PAUSE_NODE_IN_APPEND(7),
  CLOCK_JUMP(1),
  SMALL_POOL(1),
  LACKING_DEFINITIONS(1),
  KILL_DATABASE(7),
  TERMINATE_BACKENDS(1),
  CUT_CONNECTIONS(1),
  DELAY_CONNECTIONS(1),
  BLACK_HOLE_FOR_REQUESTS(1),
  BLACK_HOLE_FOR_ANSWERS(1),
  HOLD_APPEND_UNTIL_TAKEN_OVER(1),
  CUT_BEFORE_APPEND(1),
  CUT_AFTER_APPEND(1),
  CUT_BEFORE_COMMIT(1),
  CUT_AFTER_COMMIT(1),
  POISON_PAYLOAD(1),
  POISON_ERROR(1),
  POISON_LOOP(1),
  MANY_PARKED(1),
  PROMOTE_STANDBY(3),
  KILL_STANDBY(1),
  KILL_POOLER(2);

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
