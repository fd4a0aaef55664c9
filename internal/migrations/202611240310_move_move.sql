-- +goose Up
-- company_move is a company on its way to another deployment, as this side knows it. The files between the two sides hold
-- what both know.
CREATE TABLE company_move (
    id         TEXT   NOT NULL PRIMARY KEY,
    company_id TEXT   NOT NULL,
    side       TEXT   NOT NULL, -- source | target
    step       TEXT   NOT NULL,
    target_url TEXT   NOT NULL, -- where late webhooks are sent on to, empty until the cut-over
    until_ms   BIGINT NOT NULL, -- how long they are, 0 until the cut-over
    facts      TEXT   NOT NULL, -- JSON: counts, seconds, findings
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);
CREATE INDEX company_move_company ON company_move (company_id);

-- move_piece is a piece of a webhook that waits for its company, or was sent on by the deployment that the company came from.
CREATE TABLE move_piece (
    id          TEXT    NOT NULL PRIMARY KEY, -- in the order of their coming on a shard
    company_id  TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    turn        INTEGER NOT NULL, -- 0 was sent on and goes first, 1 came here itself
    account_id  TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    body        BYTEA   NOT NULL,
    received_ms BIGINT  NOT NULL
);
CREATE INDEX move_piece_next ON move_piece (shard, company_id, turn, id);

-- +goose Down
DROP TABLE move_piece;
DROP TABLE company_move;
