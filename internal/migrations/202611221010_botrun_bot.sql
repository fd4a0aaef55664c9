-- +goose Up
CREATE TABLE bot (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    state           TEXT   NOT NULL, -- active | archived
    live_version_id TEXT   NOT NULL, -- empty until something is published
    created_ms      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- flow_version is immutable; the hash is of the definition's canonical text.
CREATE TABLE flow_version (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    bot_id     TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    definition TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    author_id  TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX flow_version_number ON flow_version (tenant_id, bot_id, number);

-- bot_session is where a conversation stands in its bot's flow. One row a conversation; a new start replaces it.
CREATE TABLE bot_session (
    tenant_id       TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    bot_id          TEXT    NOT NULL,
    version_id      TEXT    NOT NULL,
    seq             BIGINT  NOT NULL, -- turns taken
    status          TEXT    NOT NULL, -- waiting | ended | handed_off | failed
    state           TEXT    NOT NULL, -- flow.State, compact
    shard           INTEGER NOT NULL,
    wakes_ms        BIGINT  NOT NULL, -- next timer; 0 = none
    started_ms      BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
);
CREATE INDEX bot_session_timer ON bot_session (shard, wakes_ms) WHERE wakes_ms > 0;

-- bot_turn is (input, effects): enough to replay any conversation step by step.
CREATE TABLE bot_turn (
    tenant_id       TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    session_id      TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    version_id      TEXT   NOT NULL,
    input           TEXT   NOT NULL,
    effects         TEXT   NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, session_id, seq)
);

-- +goose Down
DROP TABLE bot_turn;
DROP TABLE bot_session;
DROP TABLE flow_version;
DROP TABLE bot;
