-- +goose Up
CREATE TABLE contact (
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    name       TEXT    NOT NULL, -- what attendants call them; starts as the platform's profile name
    profile    TEXT    NOT NULL, -- the platform's profile name as last seen
    username   TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    folded     TEXT    NOT NULL, -- accent-folded name, username and addresses, for search
    fields     TEXT    NOT NULL, -- JSON object of texts
    tags       TEXT    NOT NULL DEFAULT '', -- sorted, a line each
    blocked    BOOLEAN NOT NULL, -- by the company: creates no work
    created_ms BIGINT  NOT NULL,
    updated_ms BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    named      BOOLEAN NOT NULL DEFAULT FALSE, -- somebody of the company decided on the name
    merged_into TEXT   NOT NULL DEFAULT '', -- the contact that stands for this one since the two were joined
    PRIMARY KEY (tenant_id, id)
);

-- contact_address is one way to reach a contact. scope is empty where the platform's id is the same for all accounts of
-- a company (wa_id, bsuid, tg_user) and the account's id where it is not (psid, igsid, tg_chat).
-- match_key is value without the Brazilian ninth digit; value is exactly what the platform gave.
CREATE TABLE contact_address (
    tenant_id  TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    match_key  TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    contact_id TEXT    NOT NULL,
    reachable  BOOLEAN NOT NULL,
    created_ms BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, kind, scope, match_key)
);
CREATE INDEX contact_address_by_contact ON contact_address (tenant_id, contact_id);

-- contact_conflict notes that one event named addresses of two contacts. Nothing is moved: the event counted for
-- contact_id, and a person may join the two.
CREATE TABLE contact_conflict (
    tenant_id  TEXT   NOT NULL,
    contact_id TEXT   NOT NULL,
    other_id   TEXT   NOT NULL,
    evidence   TEXT   NOT NULL, -- JSON []message.Address of the event
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, other_id)
);

-- +goose Down
DROP TABLE contact_conflict;
DROP TABLE contact_address;
DROP TABLE contact;
