-- +goose Up
-- contact_merge is two contacts that were joined, with all that is needed to part them again.
CREATE TABLE contact_merge (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    contact_id TEXT   NOT NULL, -- who stays
    other_id   TEXT   NOT NULL, -- who went
    addresses  TEXT   NOT NULL, -- JSON: keys of the addresses that moved
    fields     TEXT   NOT NULL, -- JSON object: fields that who stays did not have
    tags       TEXT   NOT NULL, -- likewise, a line each
    moved      TEXT   NOT NULL, -- JSON object: by holder, the ids of the rows that moved
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    undone_ms  BIGINT NOT NULL, -- 0 while it holds
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX contact_merge_holds ON contact_merge (tenant_id, other_id) WHERE undone_ms = 0;
CREATE INDEX contact_merge_by_contact ON contact_merge (tenant_id, contact_id, id);

-- +goose Down
DROP TABLE contact_merge;
