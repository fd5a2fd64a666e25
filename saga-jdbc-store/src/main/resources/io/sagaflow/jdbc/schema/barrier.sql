-- The table of Sagaflow's ParticipantBarrier, in the participant's own database. The schema itself has to exist.
-- One row for each call that has arrived: an action's (A), or a compensation's (C). A compensation that arrives first writes
-- the action's row as well, by itself: a tombstone, which turns the action away.
CREATE TABLE IF NOT EXISTS ${schema}.${prefix}barrier (
  saga_id    uuid NOT NULL,
  step       text NOT NULL,
  direction  "char" NOT NULL,
  written_by "char" NOT NULL,
  result     text,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (saga_id, step, direction)
);

CREATE INDEX IF NOT EXISTS ${prefix}barrier_at ON ${schema}.${prefix}barrier (at);
