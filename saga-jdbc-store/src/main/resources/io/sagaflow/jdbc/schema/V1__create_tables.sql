-- Version 1 of the tables of Sagaflow's PostgresSagaStore. The names of schema and tables are placeholders, which
-- the store fills in, or a migration tool. The schema itself has to exist.

-- The versions that were applied; each script adds its own.
CREATE TABLE ${schema}.${prefix}schema (
  version    integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO ${schema}.${prefix}schema (version) VALUES (1);

-- One row a saga. It changes when its owner or its status does, not with each journal record.
CREATE TABLE ${schema}.${prefix}instance (
  id           uuid PRIMARY KEY,
  definition   text NOT NULL,
  version      integer NOT NULL,
  business_key text NOT NULL,
  status       text NOT NULL,
  owner        uuid,                             -- the node that drives it; null: anybody may, when it is due
  wake_at      timestamptz,                      -- when an unowned saga is due; null: only after a command
  orphaned     boolean NOT NULL DEFAULT false,   -- its last owner died, so a call may still be open
  recoveries   integer NOT NULL DEFAULT 0,       -- claims as an orphan since it last made progress
  commands     integer NOT NULL DEFAULT 0,       -- how many its inbox holds
  step         text,                             -- on which it rests: stuck on it, or parked for its next attempt
  ended_at     timestamptz,                      -- when it ended, by its last owner's clock
  UNIQUE (definition, business_key)
);

CREATE INDEX ${prefix}instance_due ON ${schema}.${prefix}instance (wake_at)
  WHERE owner IS NULL AND wake_at IS NOT NULL;

CREATE INDEX ${prefix}instance_owned ON ${schema}.${prefix}instance (owner)
  WHERE owner IS NOT NULL;

-- Lists and counts of what isn't simply done. A saga that completes is put in when it starts, and in no index here
-- when it ends.
CREATE INDEX ${prefix}instance_listed ON ${schema}.${prefix}instance (status, definition, version, id)
  WHERE status <> 'COMPLETED';

CREATE INDEX ${prefix}instance_step ON ${schema}.${prefix}instance (step, id)
  WHERE step IS NOT NULL;

-- The truth: append-only. The primary key is also the second fence against a former owner.
CREATE TABLE ${schema}.${prefix}journal (
  saga_id uuid NOT NULL,
  seq     bigint NOT NULL,
  at      timestamptz NOT NULL,
  kind    text NOT NULL,
  step    text,
  attempt integer NOT NULL,
  code    text,
  detail  text,
  actor   text,
  due     timestamptz,
  payload bytea,
  PRIMARY KEY (saga_id, seq)
);

-- The leases. A live node has a heartbeat row (lane 0) and one slot row for each lane that writes.
CREATE TABLE ${schema}.${prefix}node (
  id      uuid PRIMARY KEY,
  node_id uuid NOT NULL,
  name    text NOT NULL,
  lane    integer NOT NULL,
  beats   bigint NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX ${prefix}node_name ON ${schema}.${prefix}node (name) WHERE lane = 0;

-- What was asked of sagas and not answered yet.
CREATE TABLE ${schema}.${prefix}inbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga_id      uuid NOT NULL,
  kind         text NOT NULL,
  requested_by text NOT NULL,
  reason       text NOT NULL,
  step         text,                             -- the step that it is about
  payload      bytea,                            -- what it brings: a signal's value, a step's result
  command_id   text,                             -- by what a repeated command is known again
  posted_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX ${prefix}inbox_saga ON ${schema}.${prefix}inbox (saga_id, id);

-- The steps that each version of a definition has had, so that it can be said what has changed.
CREATE TABLE ${schema}.${prefix}definition (
  name        text NOT NULL,
  version     integer NOT NULL,
  fingerprint text NOT NULL,
  shape       text NOT NULL,
  kept_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, version, fingerprint)
);

-- Semantic locks: who holds one, and who waits for it in the order of the tickets.
CREATE TABLE ${schema}.${prefix}lock (
  lock_key text NOT NULL,
  saga_id  uuid NOT NULL,                        -- the saga that asked
  holder   uuid NOT NULL,                        -- for whom: itself, or the outermost saga of its family
  held     boolean NOT NULL DEFAULT false,
  ticket   bigint GENERATED ALWAYS AS IDENTITY,
  since    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lock_key, saga_id)
);

CREATE UNIQUE INDEX ${prefix}lock_held ON ${schema}.${prefix}lock (lock_key) WHERE held;

CREATE INDEX ${prefix}lock_waiting ON ${schema}.${prefix}lock (lock_key, ticket) WHERE NOT held;

CREATE INDEX ${prefix}lock_asking ON ${schema}.${prefix}lock (saga_id) WHERE NOT held;

CREATE INDEX ${prefix}lock_holder ON ${schema}.${prefix}lock (holder);

-- For people with psql: who holds a lock, who waits for it, and at which place.
CREATE VIEW ${schema}.${prefix}lock_queue AS
  SELECT l.lock_key, row_number() OVER (PARTITION BY l.lock_key ORDER BY l.held DESC, l.ticket) AS place,
         l.held, l.since, l.saga_id, i.definition, i.business_key, i.status, l.holder
  FROM ${schema}.${prefix}lock l LEFT JOIN ${schema}.${prefix}instance i ON i.id = l.saga_id;

-- For people with psql: each record beside its saga, with the payload escaped.
CREATE VIEW ${schema}.${prefix}history AS
  SELECT i.definition, i.version, i.business_key, i.status, j.saga_id, j.seq, j.at, j.kind, j.step,
         j.attempt, j.code, j.detail, j.actor, j.due, encode(j.payload, 'escape') AS payload
  FROM ${schema}.${prefix}journal j JOIN ${schema}.${prefix}instance i ON i.id = j.saga_id;
