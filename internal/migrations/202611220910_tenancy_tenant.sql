-- +goose Up
-- tenant is a client company. Exempt from row-level security: it is the list of companies itself.
CREATE TABLE tenant (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    slug        TEXT    NOT NULL UNIQUE,
    line        TEXT    NOT NULL, -- massivo | enterprise
    state       TEXT    NOT NULL, -- active | suspended
    locale      TEXT    NOT NULL, -- pt-BR | en
    timezone    TEXT    NOT NULL, -- IANA name
    settings    TEXT    NOT NULL, -- JSON
    created_ms  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE tenant;
