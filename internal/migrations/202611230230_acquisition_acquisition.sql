-- +goose Up
-- acquisition is one company on its way to us: from the plan that it looked at to its first sign-in. tenant_id is empty until
-- the company was made.
CREATE TABLE acquisition (
    id              TEXT   NOT NULL PRIMARY KEY,
    tenant_id       TEXT   NOT NULL,
    state           TEXT   NOT NULL, -- draft | checkout | awaiting | paid | active | expired | canceled
    locale          TEXT   NOT NULL,
    email           TEXT   NOT NULL, -- folded; empty until typed
    email_proven_ms BIGINT NOT NULL, -- 0 = not proven
    code_hash       TEXT   NOT NULL, -- of the code that was mailed last, empty for none
    code_tries      BIGINT NOT NULL, -- wrong ones of that code
    code_until_ms   BIGINT NOT NULL,
    person          TEXT   NOT NULL, -- JSON, as typed
    company         TEXT   NOT NULL, -- JSON, as typed
    tax_id          TEXT   NOT NULL, -- of company, without punctuation; empty while it is none
    second_contract BIGINT NOT NULL, -- 1 = another contract of a company that has one is meant
    version_id      TEXT   NOT NULL, -- of the plan
    pay_interval    TEXT   NOT NULL, -- month | year
    coupon          TEXT   NOT NULL,
    terms           TEXT   NOT NULL, -- JSON: version, hash, locale, IP and time; empty until accepted
    provider        TEXT   NOT NULL, -- who takes the money, empty before the first checkout
    customer_id     TEXT   NOT NULL, -- at the provider
    try             BIGINT NOT NULL, -- counts checkouts
    contract_no     TEXT   NOT NULL,
    invitation_id   TEXT   NOT NULL, -- of the first admin
    trade           TEXT   NOT NULL,
    sample_catalog  BIGINT NOT NULL,
    created_ms      BIGINT NOT NULL,
    updated_ms      BIGINT NOT NULL,
    paid_ms         BIGINT NOT NULL,
    lead_ms         BIGINT NOT NULL DEFAULT 0, -- when it was told as abandoned
    expires_ms      BIGINT NOT NULL  -- when a journey that led nowhere is dropped
);
CREATE UNIQUE INDEX acquisition_tenant ON acquisition (tenant_id) WHERE tenant_id <> '';
CREATE UNIQUE INDEX acquisition_contract ON acquisition (contract_no) WHERE contract_no <> '';
CREATE UNIQUE INDEX acquisition_invitation ON acquisition (invitation_id) WHERE invitation_id <> '';
CREATE INDEX acquisition_email ON acquisition (email, created_ms);
CREATE INDEX acquisition_tax ON acquisition (tax_id) WHERE tax_id <> '';
CREATE INDEX acquisition_state ON acquisition (state, id);
CREATE INDEX acquisition_end ON acquisition (expires_ms) WHERE state IN ('draft', 'expired', 'canceled');

-- acquisition_checkout is one page of a provider on which a journey could be paid, with what it would be paid for.
CREATE TABLE acquisition_checkout (
    acquisition_id TEXT   NOT NULL,
    try            BIGINT NOT NULL,
    provider       TEXT   NOT NULL,
    checkout_id    TEXT   NOT NULL, -- the provider's, empty until it answered
    state          TEXT   NOT NULL, -- asked | open | pending | paid | failed | expired
    dropped        BIGINT NOT NULL, -- 1 = the visitor went on without it: it is closed at the provider
    version_id     TEXT   NOT NULL,
    pay_interval   TEXT   NOT NULL,
    coupon         TEXT   NOT NULL, -- held for it
    quote          TEXT   NOT NULL, -- JSON
    method         TEXT   NOT NULL,
    detail         TEXT   NOT NULL, -- JSON: page, Pix and boleto, the subscription
    problem        TEXT   NOT NULL,
    due_ms         BIGINT NOT NULL, -- until when it may be paid, 0 = the provider did not say
    created_ms     BIGINT NOT NULL,
    updated_ms     BIGINT NOT NULL,
    PRIMARY KEY (acquisition_id, try)
);
CREATE UNIQUE INDEX acquisition_checkout_id ON acquisition_checkout (provider, checkout_id) WHERE checkout_id <> '';

-- acquisition_token opens a journey: a browser's cookie, or a link in a letter.
CREATE TABLE acquisition_token (
    token_hash     TEXT   NOT NULL PRIMARY KEY,
    acquisition_id TEXT   NOT NULL,
    kind           TEXT   NOT NULL, -- cookie | link
    email          TEXT   NOT NULL, -- of a link: who holds it has that mailbox
    expires_ms     BIGINT NOT NULL
);
CREATE INDEX acquisition_token_of ON acquisition_token (acquisition_id);
CREATE INDEX acquisition_token_end ON acquisition_token (expires_ms);

-- acquisition_count limits what strangers may ask for: so often in a window of time.
CREATE TABLE acquisition_count (
    subject  TEXT   NOT NULL PRIMARY KEY,
    hits     BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX acquisition_count_end ON acquisition_count (until_ms);

-- acquisition_series counts contracts.
CREATE TABLE acquisition_series (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

-- +goose Down
DROP TABLE acquisition_series;
DROP TABLE acquisition_count;
DROP TABLE acquisition_token;
DROP TABLE acquisition_checkout;
DROP TABLE acquisition;
