-- +goose Up
-- A number, page or bot speaks for one company only: what is set up, switched
-- off or refused by its platform claims nothing.
DROP INDEX channel_account_external;
CREATE UNIQUE INDEX channel_account_external ON channel_account (channel, external_id) WHERE state = 'active';

-- recipient is set on platforms that report up to a time (Messenger, Instagram);
-- sent_ms is when the last call began, 0 while there was none.
ALTER TABLE delivery ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN sent_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX delivery_recipient ON delivery (tenant_id, account_id, recipient) WHERE recipient <> '';

-- channel_pause is what a platform asked us to wait for, at the level that it
-- named. A row stays a while after its end, for its strikes.
CREATE TABLE channel_pause (
    tenant_id  TEXT    NOT NULL,
    account_id TEXT    NOT NULL,
    level      TEXT    NOT NULL, -- customer | account | app | campaigns
    subject    TEXT    NOT NULL, -- the conversation, the account, or the app's mark
    code       TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    strikes    INTEGER NOT NULL,
    since_ms   BIGINT  NOT NULL,
    until_ms   BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, account_id, level, subject)
);
CREATE INDEX channel_pause_until ON channel_pause (until_ms);

-- channel_pulse counts what an account heard and said, an hour a row.
CREATE TABLE channel_pulse (
    tenant_id  TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    hour_ms    BIGINT NOT NULL, -- its beginning
    heard      BIGINT NOT NULL, -- bodies with an event of the account
    sent       BIGINT NOT NULL,
    failed     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, hour_ms)
);

-- channel_health is what is known of a connection beside what it carries.
CREATE TABLE channel_health (
    tenant_id        TEXT    NOT NULL,
    account_id       TEXT    NOT NULL,
    failed_ms        BIGINT  NOT NULL,
    failed_code      TEXT    NOT NULL,
    failed_text      TEXT    NOT NULL,
    token_expires_ms BIGINT  NOT NULL, -- 0 never or unknown
    renewed_ms       BIGINT  NOT NULL,
    renew_next_ms    BIGINT  NOT NULL,
    renew_problem    TEXT    NOT NULL,
    quality          TEXT    NOT NULL,
    tier             TEXT    NOT NULL, -- how many customers a day may be written to first
    restricted       TEXT    NOT NULL, -- the platform's words, empty for none
    restricted_until_ms BIGINT NOT NULL,
    policy           TEXT    NOT NULL,
    policy_ms        BIGINT  NOT NULL,
    findings         TEXT    NOT NULL, -- JSON, of the last check
    checked_ms       BIGINT  NOT NULL,
    check_next_ms    BIGINT  NOT NULL,
    check_problem    TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);

-- channel_alarm is what a person has to look at: raised once, cleared by itself.
CREATE TABLE channel_alarm (
    tenant_id  TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    grade      TEXT   NOT NULL, -- warn | bad
    facts      TEXT   NOT NULL, -- JSON
    raised_ms  BIGINT NOT NULL,
    told_ms    BIGINT NOT NULL, -- when the admins were written to, 0 not
    PRIMARY KEY (tenant_id, account_id, kind)
);

-- channel_news is what platforms said of accounts.
CREATE TABLE channel_news (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    mark       TEXT   NOT NULL, -- of its content: the same news twice is one
    status     TEXT   NOT NULL,
    quality    TEXT   NOT NULL,
    tier       TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    until_ms   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX channel_news_once ON channel_news (tenant_id, account_id, at_ms, mark);

-- +goose Down
DROP TABLE channel_news;
DROP TABLE channel_alarm;
DROP TABLE channel_health;
DROP TABLE channel_pulse;
DROP TABLE channel_pause;
DROP INDEX delivery_recipient;
ALTER TABLE delivery DROP COLUMN sent_ms;
ALTER TABLE delivery DROP COLUMN recipient;
DROP INDEX channel_account_external;
CREATE UNIQUE INDEX channel_account_external ON channel_account (channel, external_id);
