-- +goose Up
-- shift is the newest publication that chose not to let sessions under way drain: sessions of a version before
-- shift_number take it up at their next turn (bots.md S13).
CREATE TABLE bot (
    tenant_id        TEXT   NOT NULL,
    id               TEXT   NOT NULL,
    key              TEXT   NOT NULL, -- slug; how other flows name it
    name             TEXT   NOT NULL,
    state            TEXT   NOT NULL, -- active | archived
    live_version_id  TEXT   NOT NULL, -- empty until something is published
    shift            TEXT   NOT NULL, -- empty | move | restart
    shift_version_id TEXT   NOT NULL,
    shift_number     BIGINT NOT NULL,
    created_ms       BIGINT NOT NULL,
    version          BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX bot_key ON bot (tenant_id, key);

-- flow_version is immutable; the hash is of the definition's canonical text. lock holds the texts of the flows that it
-- calls, as they were when it was published, so that a version needs nothing but its row.
CREATE TABLE flow_version (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    bot_id     TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    definition TEXT   NOT NULL,
    layout     TEXT   NOT NULL, -- JSON object, for the canvas
    tests      TEXT   NOT NULL, -- JSON array
    lock       TEXT   NOT NULL, -- JSON object of key -> {version, number, definition}
    sessions   TEXT   NOT NULL, -- drain | move | restart, as chosen at the publication
    note       TEXT   NOT NULL,
    author_id  TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX flow_version_number ON flow_version (tenant_id, bot_id, number);

-- bot_session is where a conversation stands in its bot's flow. One row a conversation; a new start replaces it. The
-- columns of the second index do not change while a session lives, so that a turn does not touch it; it begins with the
-- bot, so that PostgreSQL never takes it for a way to a conversation, as it did while the table was new.
CREATE TABLE bot_session (
    tenant_id       TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    bot_id          TEXT    NOT NULL,
    version_id      TEXT    NOT NULL,
    number          BIGINT  NOT NULL, -- of the version
    seq             BIGINT  NOT NULL, -- turns taken
    status          TEXT    NOT NULL, -- waiting | ended | handed_off | failed
    node            TEXT    NOT NULL, -- waits here, or where it ended
    state           TEXT    NOT NULL, -- flow.State, compact
    wakes_ms        BIGINT  NOT NULL, -- next timer; 0 = none
    started_ms      BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
);
CREATE INDEX bot_session_timer ON bot_session (wakes_ms) WHERE wakes_ms > 0;
CREATE INDEX bot_session_bot ON bot_session (bot_id, tenant_id, id);

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

-- bot_call is a web call to be made, written with the turn that asked and deleted with the turn that got the answer.
-- Whoever makes it moves next_ms on first, so that another process takes it up only when the first has died.
CREATE TABLE bot_call (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL, -- <session>.<seq>.<ask>: also the Idempotency-Key
    conversation_id TEXT   NOT NULL,
    session_id      TEXT   NOT NULL,
    ask_id          TEXT   NOT NULL,
    bot_id          TEXT   NOT NULL,
    node            TEXT   NOT NULL,
    request         TEXT   NOT NULL, -- JSON; secrets stand in it by name
    next_ms         BIGINT NOT NULL,
    attempts        BIGINT NOT NULL,
    created_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX bot_call_due ON bot_call (next_ms);

-- bot_wait is a session that waits for something to happen to a topic ("order:ord_..."). Whoever fires the topic writes
-- the answer, and the row goes with the turn that takes it, or with the turn that stops waiting.
CREATE TABLE bot_wait (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL, -- <session>.<seq>.<ask>
    conversation_id TEXT   NOT NULL,
    session_id      TEXT   NOT NULL,
    ask_id          TEXT   NOT NULL,
    topic           TEXT   NOT NULL,
    answer          TEXT   NOT NULL, -- JSON; empty until the topic was fired
    due_ms          BIGINT NOT NULL, -- when the answer is brought (again); 0 = not fired yet
    created_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX bot_wait_topic ON bot_wait (tenant_id, topic);
CREATE INDEX bot_wait_due ON bot_wait (due_ms) WHERE due_ms > 0;

-- bot_secret holds what web calls send and nobody reads back, sealed.
CREATE TABLE bot_secret (
    tenant_id  TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

CREATE TABLE bot_rating (
    tenant_id       TEXT   NOT NULL,
    session_id      TEXT   NOT NULL,
    node            TEXT   NOT NULL,
    bot_id          TEXT   NOT NULL,
    number          BIGINT NOT NULL,
    conversation_id TEXT   NOT NULL,
    score           BIGINT NOT NULL,
    scale           BIGINT NOT NULL,
    comment         TEXT   NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, session_id, node)
);
CREATE INDEX bot_rating_bot ON bot_rating (tenant_id, bot_id, at_ms);

-- bot_tally is what a batch of turns passed, one row a batch, until it is added to bot_count in the transaction that
-- deletes it: so the counts are exact and cost the path of messages one row. A batch is of many companies.
CREATE TABLE bot_tally (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL -- JSON
);

CREATE TABLE bot_count (
    tenant_id TEXT   NOT NULL,
    bot_id    TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    node      TEXT   NOT NULL,
    what      TEXT   NOT NULL, -- entered | exit | left
    exit      TEXT   NOT NULL, -- empty but for exit
    day       BIGINT NOT NULL, -- days since 1970, UTC
    total     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, bot_id, number, node, what, exit, day)
);

-- +goose Down
DROP TABLE bot_count;
DROP TABLE bot_tally;
DROP TABLE bot_rating;
DROP TABLE bot_secret;
DROP TABLE bot_wait;
DROP TABLE bot_call;
DROP TABLE bot_turn;
DROP TABLE bot_session;
DROP TABLE flow_version;
DROP TABLE bot;
