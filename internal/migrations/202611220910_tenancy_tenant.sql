-- +goose Up
-- tenant is a client company. Exempt from row-level security: it is the list of companies itself.
CREATE TABLE tenant (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    slug        TEXT    NOT NULL UNIQUE,
    line        TEXT    NOT NULL, -- massivo | enterprise
    state       TEXT    NOT NULL, -- active | past_due | read_only | suspended | canceled | erased
    state_ms    BIGINT  NOT NULL, -- since when
    tax_id      TEXT    NOT NULL, -- CNPJ or CPF without punctuation, empty when nobody said it
    folded      TEXT    NOT NULL, -- what operators search: name, short name and tax id, without accents
    locale      TEXT    NOT NULL, -- pt-BR | en
    timezone    TEXT    NOT NULL, -- IANA name
    settings    TEXT    NOT NULL, -- JSON
    created_ms  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL
);
CREATE INDEX tenant_unserved ON tenant (state) WHERE state IN ('suspended', 'canceled', 'erased');
CREATE INDEX tenant_by_tax_id ON tenant (tax_id) WHERE tax_id <> '';

-- +goose Down
DROP TABLE tenant;
