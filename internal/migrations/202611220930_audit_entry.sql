-- +goose Up
CREATE TABLE audit_entry (
    tenant_id  TEXT   NOT NULL, -- empty for what operators do to the platform itself
    id         TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    action     TEXT   NOT NULL, -- "channel.created", "member.role_changed"
    target     TEXT   NOT NULL, -- id of what it was done to
    facts      TEXT   NOT NULL, -- JSON, never a secret
    ip         TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- What operators search, across companies and newest first.
CREATE INDEX audit_entry_at ON audit_entry (at_ms, id);

-- +goose Down
DROP TABLE audit_entry;
