-- +goose Up
-- template is a message that WhatsApp has to approve.
CREATE TABLE template (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    waba_id     TEXT   NOT NULL, -- the WhatsApp business account
    name        TEXT   NOT NULL,
    language    TEXT   NOT NULL, -- as the platform writes it: pt_BR
    category    TEXT   NOT NULL, -- marketing | utility | authentication
    category_ms BIGINT NOT NULL, -- when it was told; likewise below
    status      TEXT   NOT NULL, -- approved | pending | rejected | paused | disabled | ... | gone
    status_ms   BIGINT NOT NULL,
    quality     TEXT   NOT NULL, -- green | yellow | red | unknown
    quality_ms  BIGINT NOT NULL,
    reason      TEXT   NOT NULL, -- the platform's words on the status
    definition  TEXT   NOT NULL, -- JSON: header, body, footer, buttons, samples
    external_id TEXT   NOT NULL, -- the platform's id, empty until it is told
    edits       TEXT   NOT NULL, -- JSON: times of edits
    folded      TEXT   NOT NULL, -- name and words, for the search
    seen_ms     BIGINT NOT NULL, -- when a reading of the platform found it last; 0 = never
    version     BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX template_name ON template (tenant_id, waba_id, name, language);

-- template_news is what became of a template, as told.
CREATE TABLE template_news (
    tenant_id   TEXT   NOT NULL,
    template_id TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL,
    kind        TEXT   NOT NULL, -- status | quality | category | content
    value       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, template_id, at_ms, kind, value)
);

-- template_sync is when the templates of a business account were read.
CREATE TABLE template_sync (
    tenant_id    TEXT   NOT NULL,
    waba_id      TEXT   NOT NULL,
    synced_ms    BIGINT NOT NULL, -- the end of the last whole reading; 0 = never
    found        BIGINT NOT NULL, -- templates of it
    problem      TEXT   NOT NULL, -- a reason, empty when the last reading went well
    problem_text TEXT   NOT NULL,
    tried_ms     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, waba_id)
);

-- +goose Down
DROP TABLE template_sync;
DROP TABLE template_news;
DROP TABLE template;
