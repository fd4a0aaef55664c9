-- +goose Up
-- mail_letter is a mail to one person. Letters of the platform to a person, such as a new password, have no company.
CREATE TABLE mail_letter (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    letter_key  TEXT   NOT NULL, -- what it is about; asked for twice, it is one letter
    template    TEXT   NOT NULL,
    locale      TEXT   NOT NULL,
    recipient   TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    data        TEXT   NOT NULL, -- sealed JSON, since it may carry a link that opens a door; empty once it has no use
    state       TEXT   NOT NULL, -- queued | sending | accepted | delivered | bounced | dropped | unknown | failed
    claim       BIGINT NOT NULL, -- counts sends that were begun; only the latest may tell how it went
    attempts    BIGINT NOT NULL, -- failures that count
    next_ms     BIGINT NOT NULL, -- when it is looked at again, 0 = never
    expires_ms  BIGINT NOT NULL, -- what it says has no use after that
    sender      TEXT   NOT NULL, -- who took it
    external_id TEXT   NOT NULL,
    reason      TEXT   NOT NULL, -- a word for the page
    problem     TEXT   NOT NULL, -- what was said last against it
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, letter_key)
);
CREATE UNIQUE INDEX mail_letter_id ON mail_letter (id);
CREATE INDEX mail_letter_due ON mail_letter (next_ms) WHERE next_ms > 0;

-- mail_event remembers what a vendor told, since it tells things twice.
CREATE TABLE mail_event (
    event_id    TEXT   NOT NULL PRIMARY KEY,
    received_ms BIGINT NOT NULL
);

-- mail_suppression is an address that takes no mail of this installation. It belongs to the vendor's account, not to a company.
CREATE TABLE mail_suppression (
    recipient  TEXT   NOT NULL PRIMARY KEY,
    reason     TEXT   NOT NULL, -- bounced | spam | unsubscribed | invalid
    note       TEXT   NOT NULL,
    letter_id  TEXT   NOT NULL,
    created_ms BIGINT NOT NULL
);

-- mail_circuit is a sender in trouble: letters wait, and one a minute tries.
CREATE TABLE mail_circuit (
    sender    TEXT   NOT NULL PRIMARY KEY,
    failures  BIGINT NOT NULL, -- in the minute that began at first_ms
    first_ms  BIGINT NOT NULL,
    opened_ms BIGINT NOT NULL, -- 0 = closed
    probe_ms  BIGINT NOT NULL, -- when the next letter may try
    problem   TEXT   NOT NULL
);

-- +goose Down
DROP TABLE mail_circuit;
DROP TABLE mail_suppression;
DROP TABLE mail_event;
DROP TABLE mail_letter;
