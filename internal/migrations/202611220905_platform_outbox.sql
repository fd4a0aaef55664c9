-- +goose Up
-- outbox holds the truth of what happened until every durable consumer has passed it: a row for what one transaction
-- told of a shard. The mark stands apart from the envelopes, so that marking writes a few bytes.
CREATE TABLE outbox (
    id           TEXT    NOT NULL PRIMARY KEY, -- evt_..., of its first envelope: time-ordered
    shard        INTEGER NOT NULL,
    created_ms   BIGINT  NOT NULL,
    published_ms BIGINT  NOT NULL  -- 0 = not yet
);
CREATE INDEX outbox_waiting ON outbox (shard, id) WHERE published_ms = 0;

CREATE TABLE outbox_body (
    id        TEXT   NOT NULL PRIMARY KEY,
    heads     TEXT   NOT NULL, -- a line for each envelope: its length in bytes, sequence, conversation
    envelopes TEXT   NOT NULL  -- event.Envelope as JSON, one behind the other; each names its company
);

-- shard_lease says which process works on a shard. The epoch grows with each new owner and fences the old one.
CREATE TABLE shard_lease (
    shard      INTEGER NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL,
    epoch      BIGINT  NOT NULL,
    expires_ms BIGINT  NOT NULL
);

-- stream_epoch names the present life of the EVENT stream; it changes when the stream is refilled.
CREATE TABLE stream_epoch (
    name    TEXT   NOT NULL PRIMARY KEY,
    epoch   TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL
);

-- process_beat lists the live processes, so that shards are shared out evenly.
CREATE TABLE process_beat (
    process TEXT   NOT NULL PRIMARY KEY,
    target  TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE process_beat;
DROP TABLE stream_epoch;
DROP TABLE shard_lease;
DROP TABLE outbox_body;
DROP TABLE outbox;
