-- Each participant has a schema of its own, as if it were a service with a database of its own.
CREATE SCHEMA shop_orders;
CREATE TABLE shop_orders.effect (
  key      text PRIMARY KEY,
  order_id text NOT NULL,
  state    text NOT NULL CHECK (state IN ('APPLIED', 'COMPENSATED', 'NEVER'))
);
CREATE TABLE shop_orders.purchase (
  order_id        text PRIMARY KEY,
  sku             text NOT NULL,
  quantity        integer NOT NULL,
  amount_in_cents bigint NOT NULL,
  card            text NOT NULL,
  state           text NOT NULL CHECK (state IN ('CREATED', 'CONFIRMED', 'CANCELLED')),
  reservation_id  text
);
CREATE TABLE shop_orders.ledger (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id text NOT NULL,
  entry    text NOT NULL,
  at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shop_orders.ledger (order_id);

CREATE SCHEMA shop_inventory;
CREATE TABLE shop_inventory.effect (
  key      text PRIMARY KEY,
  order_id text NOT NULL,
  state    text NOT NULL CHECK (state IN ('APPLIED', 'COMPENSATED', 'NEVER'))
);
CREATE TABLE shop_inventory.stock (
  sku       text PRIMARY KEY,
  delivered integer NOT NULL,
  on_hand   integer NOT NULL CHECK (on_hand >= 0)
);
CREATE TABLE shop_inventory.reservation (
  key            text PRIMARY KEY,
  reservation_id text NOT NULL,
  order_id       text NOT NULL
);
CREATE TABLE shop_inventory.ledger (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id text NOT NULL,
  entry    text NOT NULL,
  sku      text NOT NULL,
  quantity integer NOT NULL,
  at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shop_inventory.ledger (order_id);

CREATE SCHEMA shop_payments;
CREATE TABLE shop_payments.effect (
  key      text PRIMARY KEY,
  order_id text NOT NULL,
  state    text NOT NULL CHECK (state IN ('APPLIED', 'COMPENSATED', 'NEVER'))
);
CREATE TABLE shop_payments.card (
  card           text PRIMARY KEY,
  limit_in_cents bigint NOT NULL,
  spent_in_cents bigint NOT NULL DEFAULT 0
);
CREATE TABLE shop_payments.payment (
  key        text PRIMARY KEY,
  payment_id text NOT NULL,
  order_id   text NOT NULL
);
CREATE TABLE shop_payments.ledger (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id        text NOT NULL,
  entry           text NOT NULL,
  card            text NOT NULL,
  amount_in_cents bigint NOT NULL,
  at              timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shop_payments.ledger (order_id);

-- What customers were told: their order is accepted. None of these may get lost.
CREATE SCHEMA shop_customers;
CREATE TABLE shop_customers.accepted (
  order_id text PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE shop_customers.delivery (
  delivery_id text PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now()
);

CREATE SCHEMA shop_delivery;
CREATE TABLE shop_delivery.ledger (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery_id text NOT NULL,
  part        text NOT NULL CHECK (part IN ('open', 'courier', 'pick', 'wrap', 'hand-over')),
  entry       text NOT NULL CHECK (entry IN ('DONE', 'UNDONE')),
  at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shop_delivery.ledger (delivery_id);
