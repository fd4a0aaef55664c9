-- +goose Up
-- payment is one way of paying an order; an order may have several, one after another or beside one another.
CREATE TABLE payment (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    order_id    TEXT    NOT NULL,
    provider    TEXT    NOT NULL, -- pix_key | on_delivery | a vendor
    method      TEXT    NOT NULL, -- pix | cash | card | boleto | link
    state       TEXT    NOT NULL, -- created | pending | paid | partially_refunded | refunded | charged_back | expired | canceled | failed
    amount      BIGINT  NOT NULL CHECK (amount > 0), -- asked, minor units
    paid        BIGINT  NOT NULL CHECK (paid >= 0),  -- the sums of payment_fact
    refunded    BIGINT  NOT NULL CHECK (refunded >= 0),
    currency    TEXT    NOT NULL,
    external_id TEXT    NOT NULL, -- the vendor's, empty for none
    code        TEXT    NOT NULL, -- Pix copia e cola
    link        TEXT    NOT NULL, -- the vendor's page
    verified    BOOLEAN NOT NULL, -- a vendor tells of the money; false: a person has to look
    expires_ms  BIGINT  NOT NULL, -- 0 = never
    look_ms     BIGINT  NOT NULL, -- when the vendor is asked next; 0 = not
    created_ms  BIGINT  NOT NULL,
    updated_ms  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX payment_by_order ON payment (tenant_id, order_id);
CREATE UNIQUE INDEX payment_by_external ON payment (tenant_id, provider, external_id) WHERE external_id <> '';
CREATE INDEX payment_to_look ON payment (look_ms) WHERE look_ms > 0;

-- payment_fact is what happened to a payment, told by anybody, in any order and any number of times: a key counts once,
-- and the state is a sum over the set.
CREATE TABLE payment_fact (
    tenant_id  TEXT   NOT NULL,
    payment_id TEXT   NOT NULL,
    key        TEXT   NOT NULL, -- the vendor's id of it, such as a Pix end-to-end id
    kind       TEXT   NOT NULL, -- paid | refunded | charged_back | expired | canceled | failed
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, payment_id, key)
);

-- refund is money that has to go back. At most one of a payment waits: its amount follows what is owed.
CREATE TABLE refund (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    payment_id TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    state      TEXT   NOT NULL, -- pending | sending | done
    reason     TEXT   NOT NULL,
    next_ms    BIGINT NOT NULL, -- when a vendor is asked to send it; 0 = a person does it
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX refund_waiting ON refund (tenant_id, payment_id) WHERE state = 'pending';
CREATE INDEX refund_by_order ON refund (tenant_id, order_id);
CREATE INDEX refund_to_send ON refund (next_ms) WHERE next_ms > 0;

-- payment_setting is how a company wants to be paid.
CREATE TABLE payment_setting (
    tenant_id      TEXT    NOT NULL PRIMARY KEY,
    pix_key        TEXT    NOT NULL, -- empty: no static Pix
    pix_name       TEXT    NOT NULL,
    pix_city       TEXT    NOT NULL,
    cash           BOOLEAN NOT NULL, -- on delivery
    card           BOOLEAN NOT NULL, -- on delivery
    expiry_minutes BIGINT  NOT NULL,
    version        BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE payment_setting;
DROP TABLE refund;
DROP TABLE payment_fact;
DROP TABLE payment;
