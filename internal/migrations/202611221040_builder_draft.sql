-- +goose Up
-- bot_draft is the flow that is being written for a bot. A bot without a row has none but what is live.
CREATE TABLE bot_draft (
    tenant_id   TEXT   NOT NULL,
    bot_id      TEXT   NOT NULL,
    revision    BIGINT NOT NULL, -- counts the saves; who saves names the one that they saw
    definition  TEXT   NOT NULL, -- JSON object, perhaps no valid flow yet
    layout      TEXT   NOT NULL, -- JSON object
    tests       TEXT   NOT NULL, -- JSON array
    hash        TEXT   NOT NULL, -- of definition and tests
    based_on    BIGINT NOT NULL, -- number of the version that it was begun from; 0 = none
    based_hash  TEXT   NOT NULL, -- of that version's definition and tests
    author_id   TEXT   NOT NULL, -- who saved last; empty = the system
    author_name TEXT   NOT NULL, -- at that time
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, bot_id)
);

-- +goose Down
DROP TABLE bot_draft;
