-- +goose Up
-- conversation is also its own list row: what a list shows is written in the transaction that made it true.
CREATE TABLE conversation (
    tenant_id        TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    account_id       TEXT    NOT NULL,
    channel          TEXT    NOT NULL,
    contact_id       TEXT    NOT NULL,
    shard            INTEGER NOT NULL,
    state            TEXT    NOT NULL, -- bot | queued | open | snoozed | resolved
    owner_kind       TEXT    NOT NULL, -- none | bot | human
    owner_id         TEXT    NOT NULL,
    owner_name       TEXT    NOT NULL,
    last_user_id     TEXT    NOT NULL, -- the person who owned it last, empty for none
    team             TEXT    NOT NULL,
    bot_id           TEXT    NOT NULL, -- the bot to hand back to
    contact_name     TEXT    NOT NULL,
    contact_blocked  BOOLEAN NOT NULL,
    addresses        TEXT    NOT NULL, -- JSON []message.Address: how to reach the customer here, best first
    seq              BIGINT  NOT NULL, -- last message
    event_seq        BIGINT  NOT NULL, -- last event told of this conversation
    preview          TEXT    NOT NULL,
    preview_kind     TEXT    NOT NULL,
    preview_by       TEXT    NOT NULL, -- in | out | internal
    search           TEXT    NOT NULL, -- folded name, addresses and preview
    last_ms          BIGINT  NOT NULL, -- time of the last message, for the order of lists
    last_in_ms       BIGINT  NOT NULL, -- platform time of the customer's last message
    last_in_seq      BIGINT  NOT NULL,
    waiting_since_ms BIGINT  NOT NULL, -- 0 = nobody waits for a person
    window_ends_ms   BIGINT  NOT NULL, -- 0 = no window on this channel
    snoozed_until_ms BIGINT  NOT NULL, -- 0 = not snoozed by time
    auto_minute      BIGINT  NOT NULL, -- the minute that auto_count is about
    auto_count       INTEGER NOT NULL, -- messages of bots in that minute, for the flood guard
    previous_id      TEXT    NOT NULL,
    referral         TEXT    NOT NULL, -- JSON, empty for none
    created_ms       BIGINT  NOT NULL,
    resolved_ms      BIGINT  NOT NULL,
    version          BIGINT  NOT NULL,
    control          TEXT    NOT NULL, -- JSON: which app answers the thread at the platform; empty while nothing was said of it
    free_until_ms    BIGINT  NOT NULL, -- end of the free entry point that an advert opened, 0 for none
    past             BOOLEAN NOT NULL, -- what was said before the account was connected: its messages are numbered by their time
    gather_key       TEXT    NOT NULL, -- the album that a bot waits for or has answered last
    gather_seq       BIGINT  NOT NULL, -- its first message
    gather_ms        BIGINT  NOT NULL, -- when the bot gets its turn, 0 once it has had it
    PRIMARY KEY (tenant_id, id)
);
-- Three photos at once make one conversation.
CREATE UNIQUE INDEX conversation_live ON conversation (tenant_id, account_id, contact_id) WHERE state <> 'resolved';
CREATE INDEX conversation_by_contact ON conversation (tenant_id, contact_id, id);
-- A list reads one of three indexes, and a row stands in one only: what bots work on and what is done never slow down
-- what people look at.
CREATE INDEX conversation_bot ON conversation (tenant_id, last_ms, id) WHERE state = 'bot';
CREATE INDEX conversation_people ON conversation (tenant_id, last_ms, id) WHERE state <> 'bot' AND state <> 'resolved';
-- The queue: whoever has waited longest comes first.
CREATE INDEX conversation_queue ON conversation (tenant_id, (CASE WHEN waiting_since_ms = 0 THEN 9007199254740991 ELSE waiting_since_ms END), id) WHERE state = 'queued';
CREATE INDEX conversation_resolved ON conversation (tenant_id, last_ms, id) WHERE state = 'resolved';
CREATE INDEX conversation_snoozed ON conversation (shard, snoozed_until_ms) WHERE snoozed_until_ms > 0;
CREATE INDEX conversation_gather ON conversation (shard, gather_ms) WHERE gather_ms > 0;
CREATE INDEX conversation_past ON conversation (tenant_id, account_id, contact_id) WHERE past;

CREATE TABLE message (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    direction       TEXT   NOT NULL, -- in | out | internal
    kind            TEXT   NOT NULL,
    content         TEXT   NOT NULL, -- message.Content as JSON
    sender_kind     TEXT   NOT NULL, -- customer | bot | user | system
    sender_id       TEXT   NOT NULL,
    sender_name     TEXT   NOT NULL,
    status          TEXT   NOT NULL, -- message.Status; 'delivered' for what came in, '' for internal
    error_code      TEXT   NOT NULL,
    error_text      TEXT   NOT NULL,
    external_id     TEXT   NOT NULL, -- of the first part
    quoted_id       TEXT   NOT NULL, -- our message id, or the platform's when we do not have it
    client_key      TEXT   NOT NULL, -- idempotency key of the attendant's browser
    reactions       TEXT   NOT NULL, -- JSON object actor -> emoji
    at_ms           BIGINT NOT NULL, -- platform time for what came in, ours for the rest
    created_ms      BIGINT NOT NULL,
    sent_ms         BIGINT NOT NULL,
    delivered_ms    BIGINT NOT NULL,
    read_ms         BIGINT NOT NULL,
    edited_ms       BIGINT NOT NULL,
    deleted_ms      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    former          TEXT   NOT NULL, -- JSON: the words before its edits, oldest first, empty for none
    played_ms       BIGINT NOT NULL, -- when a voice note was first heard
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX message_thread ON message (tenant_id, conversation_id, seq);
CREATE UNIQUE INDEX message_client_key ON message (tenant_id, conversation_id, client_key) WHERE client_key <> '';

-- inbound_key makes a repeated webhook act once. Kept 30 days.
CREATE TABLE inbound_key (
    tenant_id  TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    message_id TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, key)
);

-- parked_event waits for the message that it is about: an edit, deletion or reaction may overtake it.
CREATE TABLE parked_event (
    tenant_id   TEXT    NOT NULL,
    account_id  TEXT    NOT NULL,
    target      TEXT    NOT NULL, -- the platform's id of that message
    key         TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    channel     TEXT    NOT NULL,
    body        BYTEA   NOT NULL, -- the piece as it came
    received_ms BIGINT  NOT NULL,
    parked_ms   BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, account_id, target, key)
);

-- read_cursor is per attendant: peeking is reading without moving it.
CREATE TABLE read_cursor (
    tenant_id       TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, user_id)
);

-- conversation_interval is the ledger that every report is derived from. A row is closed once and never changed again.
CREATE TABLE conversation_interval (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    kind            TEXT   NOT NULL, -- bot | queue | human | snoozed
    owner_id        TEXT   NOT NULL,
    team            TEXT   NOT NULL,
    started_ms      BIGINT NOT NULL,
    ended_ms        BIGINT NOT NULL, -- 0 = still running
    cause           TEXT   NOT NULL,
    actor_id        TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX conversation_interval_open ON conversation_interval (tenant_id, conversation_id) WHERE ended_ms = 0;

-- +goose Down
DROP TABLE conversation_interval;
DROP TABLE read_cursor;
DROP TABLE parked_event;
DROP TABLE inbound_key;
DROP TABLE message;
DROP TABLE conversation;
