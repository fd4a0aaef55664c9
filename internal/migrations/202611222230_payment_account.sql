-- +goose Up
-- payment_account is a company's account at a vendor of payments.
CREATE TABLE payment_account (
    tenant_id   TEXT   NOT NULL,
    provider    TEXT   NOT NULL,
    hook        TEXT   NOT NULL, -- random path segment of its callback URL
    methods     TEXT   NOT NULL, -- offered, by comma
    payer_email TEXT   NOT NULL, -- told to a vendor that wants one of every payer
    credentials TEXT   NOT NULL, -- sealed JSON
    problem     TEXT   NOT NULL, -- why the last test failed, empty when it did not
    tested_ms   BIGINT NOT NULL, -- 0 = never
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);
CREATE UNIQUE INDEX payment_account_hook ON payment_account (provider, hook);

-- payment_notice is a callback that was signed and stored, and is not acted on yet. It says only whom to ask about what:
-- the same thing told again is the same row, due again.
CREATE TABLE payment_notice (
    tenant_id   TEXT   NOT NULL,
    provider    TEXT   NOT NULL,
    kind        TEXT   NOT NULL, -- the vendor's word: order, payment
    external_id TEXT   NOT NULL,
    seen        BIGINT NOT NULL, -- how often it was told
    tries       BIGINT NOT NULL, -- how often acting on it failed
    due_ms      BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider, kind, external_id)
);
CREATE INDEX payment_notice_due ON payment_notice (due_ms);

-- +goose Down
DROP TABLE payment_notice;
DROP TABLE payment_account;
