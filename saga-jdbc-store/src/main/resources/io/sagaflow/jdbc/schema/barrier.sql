-- The table of Sagaflow's ParticipantBarrier, in the participant's own database. The schema itself has to exist.
-- One row for each call that has arrived: an action's (A), or a compensation's (C). A compensation that arrives first writes
-- the action's row as well, as written by a compensation: a tombstone, which turns the action away.
CREATE TABLE IF NOT EXISTS ${schema}.${prefix}barrier (
  saga_id    uuid NOT NULL,
  step       text NOT NULL,
  direction  "char" NOT NULL,                     -- A or C
  written_by "char" NOT NULL,                     -- A or C; of an action's row: C is a tombstone
  result     text,                                -- what a duplicate is answered
  at         timestamptz NOT NULL DEFAULT now(),  -- when it came; of an action's row, when any call of its step came last
  PRIMARY KEY (saga_id, step, direction)
);

-- What a purge goes by: an action's row is touched by each call of its step.
CREATE INDEX IF NOT EXISTS ${prefix}barrier_at ON ${schema}.${prefix}barrier (at) WHERE direction = 'A';
