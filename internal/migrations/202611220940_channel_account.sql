-- +goose Up
CREATE TABLE channel_account (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    channel         TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    external_id     TEXT   NOT NULL,
    display         TEXT   NOT NULL,
    hook            TEXT   NOT NULL,
    settings        TEXT   NOT NULL, -- JSON
    credentials     TEXT   NOT NULL, -- sealed JSON
    bot_id          TEXT   NOT NULL,
    state           TEXT   NOT NULL, -- active | stopped | disabled
    stopped_why     TEXT   NOT NULL,
    last_webhook_ms BIGINT NOT NULL,
    last_sent_ms    BIGINT NOT NULL,
    created_ms      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- A number, page or bot belongs to one company only.
CREATE UNIQUE INDEX channel_account_external ON channel_account (channel, external_id);
CREATE INDEX channel_account_hook ON channel_account (channel, hook);

-- delivery is the queue of what goes out: one row a part of a message.
CREATE TABLE delivery (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    account_id      TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    message_id      TEXT    NOT NULL,
    shard           INTEGER NOT NULL,
    seq             BIGINT  NOT NULL, -- the message's place in its conversation
    part            INTEGER NOT NULL, -- 0..parts-1
    parts           INTEGER NOT NULL,
    priority        INTEGER NOT NULL, -- 0 replies, 1 campaigns
    human           BOOLEAN NOT NULL, -- a person wrote it
    kind            TEXT    NOT NULL, -- message.Kind, which decides what a closed window still allows
    state           TEXT    NOT NULL, -- message.Status
    attempt         INTEGER NOT NULL,
    next_try_ms     BIGINT  NOT NULL, -- 0 = nothing more to do
    request         TEXT    NOT NULL, -- channel.Part as JSON
    external_id     TEXT    NOT NULL,
    error_code      TEXT    NOT NULL,
    error_text      TEXT    NOT NULL,
    created_ms      BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- The queue itself: only rows that still have something to do.
CREATE INDEX delivery_due ON delivery (shard, next_try_ms) WHERE next_try_ms > 0;
CREATE INDEX delivery_external ON delivery (tenant_id, account_id, external_id) WHERE external_id <> '';
CREATE INDEX delivery_message ON delivery (tenant_id, message_id);

-- early_status parks a report that came before our own send call returned.
CREATE TABLE early_status (
    tenant_id   TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    report      TEXT   NOT NULL, -- channel.StatusReport as JSON
    at_ms       BIGINT NOT NULL,
    parked_ms   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, external_id, status)
);

-- exchange is what a provider said and was told, redacted; kept 7 days.
CREATE TABLE exchange (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    account_id  TEXT    NOT NULL,
    delivery_id TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL,
    took_ms     BIGINT  NOT NULL,
    outgoing    BOOLEAN NOT NULL,
    method      TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    response    TEXT    NOT NULL,
    problem     TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, account_id, id)
);

-- quarantine keeps what could not be routed or read. tenant_id is empty while the company is unknown.
CREATE TABLE quarantine (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    body        TEXT   NOT NULL, -- base64
    received_ms BIGINT NOT NULL,
    state       TEXT   NOT NULL, -- waiting | replayed | dropped
    PRIMARY KEY (tenant_id, id)
);

-- +goose Down
DROP TABLE quarantine;
DROP TABLE exchange;
DROP TABLE early_status;
DROP TABLE delivery;
DROP TABLE channel_account;
