-- +goose Up
-- sale_setting is how a company sells in conversations; none: the defaults.
CREATE TABLE sale_setting (
    tenant_id      TEXT    NOT NULL PRIMARY KEY,
    native_bill    BOOLEAN NOT NULL, -- a channel's own form of a bill is used where it has one
    honour_hours   BIGINT  NOT NULL, -- how long a lower price that was shown counts; 0 = never
    remind_minutes BIGINT  NOT NULL, -- before a Pix ends; 0 = never
    version        BIGINT  NOT NULL
);

-- sale_said is what was said about an order, once a cause.
CREATE TABLE sale_said (
    tenant_id  TEXT   NOT NULL,
    key        TEXT   NOT NULL, -- the cause; also the message's client key
    order_id   TEXT   NOT NULL,
    message_id TEXT   NOT NULL, -- empty: passed over, since something newer was to be said
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX sale_said_by_order ON sale_said (tenant_id, order_id);

-- sale_bill is a bill that was sent: its reference at the vendor is never used twice.
CREATE TABLE sale_bill (
    tenant_id  TEXT    NOT NULL,
    order_id   TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    payment_id TEXT    NOT NULL,
    reference  TEXT    NOT NULL,
    native     BOOLEAN NOT NULL,
    remind_ms  BIGINT  NOT NULL, -- when the payer is reminded; 0 = not, or done
    created_ms BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, order_id, seq)
);
CREATE INDEX sale_bill_to_remind ON sale_bill (remind_ms) WHERE remind_ms > 0;

-- sale_cursor is how far the follower of a shard's events has come, by the stream's time.
CREATE TABLE sale_cursor (
    shard INTEGER NOT NULL PRIMARY KEY,
    at_ms BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE sale_cursor;
DROP TABLE sale_bill;
DROP TABLE sale_said;
DROP TABLE sale_setting;
