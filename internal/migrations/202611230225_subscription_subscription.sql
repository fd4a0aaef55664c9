-- +goose Up
-- subscription is a company's life on a plan; a company has one at most. What the vendor holds is mirrored here.
CREATE TABLE subscription (
    tenant_id       TEXT    NOT NULL PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    provider        TEXT    NOT NULL, -- stripe | asaas | manual; empty: nobody takes money yet (a trial)
    customer_id     TEXT    NOT NULL, -- the vendor's
    external_id     TEXT    NOT NULL, -- the vendor's subscription
    version_id      TEXT    NOT NULL, -- of the plan
    billing         TEXT    NOT NULL, -- month | year
    price           BIGINT  NOT NULL CHECK (price >= 0), -- of an interval, minor units
    discount        BIGINT  NOT NULL CHECK (discount >= 0),
    discount_cycles BIGINT  NOT NULL, -- 0 = for ever
    currency        TEXT    NOT NULL,
    state           TEXT    NOT NULL, -- trialing | active | past_due | read_only | suspended | ended
    period_start_ms BIGINT  NOT NULL,
    period_end_ms   BIGINT  NOT NULL,
    trial_end_ms    BIGINT  NOT NULL, -- 0 = none
    ends_at_period  BOOLEAN NOT NULL,
    ended_ms        BIGINT  NOT NULL, -- 0 = runs
    method          TEXT    NOT NULL, -- card | pix | boleto, empty while unknown
    brand           TEXT    NOT NULL, -- of a card, to recognize it
    last4           TEXT    NOT NULL,
    overdue_ms      BIGINT  NOT NULL, -- day 0 of the ladder; 0 = all is paid
    told            TEXT    NOT NULL, -- the company's state as it was last set from here; behind a < the one that others had decided before
    reason          TEXT    NOT NULL, -- why it ends, as the company said
    due_ms          BIGINT  NOT NULL, -- when it is looked at next; 0 = never
    looks           BIGINT  NOT NULL, -- that failed, one after another
    problem         TEXT    NOT NULL, -- of the last look
    created_ms      BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    version         BIGINT  NOT NULL
);
CREATE UNIQUE INDEX subscription_external ON subscription (provider, external_id) WHERE external_id <> '';
CREATE INDEX subscription_due ON subscription (due_ms) WHERE due_ms > 0;

-- payer is whom the invoices of a company are made out to.
CREATE TABLE payer (
    tenant_id  TEXT   NOT NULL PRIMARY KEY,
    data       TEXT   NOT NULL, -- JSON
    updated_ms BIGINT NOT NULL
);

-- invoice is a bill of a vendor with a number of our own. It is never deleted.
CREATE TABLE invoice (
    tenant_id       TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    number          TEXT   NOT NULL UNIQUE, -- 2026-000042
    provider        TEXT   NOT NULL,
    bill_id         TEXT   NOT NULL, -- the vendor's
    external_id     TEXT   NOT NULL, -- of the vendor's subscription that it belongs to
    version_id      TEXT   NOT NULL, -- of the plan when it was issued
    state           TEXT   NOT NULL, -- open | pending | paid | failed | void | refunded | disputed
    amount          BIGINT NOT NULL CHECK (amount > 0),
    paid            BIGINT NOT NULL CHECK (paid >= 0),
    refunded        BIGINT NOT NULL CHECK (refunded >= 0),
    currency        TEXT   NOT NULL,
    period_start_ms BIGINT NOT NULL,
    period_end_ms   BIGINT NOT NULL,
    due_ms          BIGINT NOT NULL,
    paid_ms         BIGINT NOT NULL, -- 0 = not
    disputed_ms     BIGINT NOT NULL, -- when a chargeback was first seen; 0 = none
    attempts        BIGINT NOT NULL,
    problem         TEXT   NOT NULL,
    url             TEXT   NOT NULL, -- where it can be paid
    pix_code        TEXT   NOT NULL,
    boleto_line     TEXT   NOT NULL,
    payer           TEXT   NOT NULL, -- JSON, as it was when the invoice was issued
    nfse_number     TEXT   NOT NULL, -- of the fiscal document, entered by hand
    nfse_ms         BIGINT NOT NULL,
    issued_ms       BIGINT NOT NULL,
    updated_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, bill_id)
);
CREATE UNIQUE INDEX invoice_by_bill ON invoice (provider, bill_id);
CREATE INDEX invoice_by_number ON invoice (tenant_id, number);

-- invoice_series counts the invoices of a year. The number is taken in the transaction that makes the invoice: none is left out.
CREATE TABLE invoice_series (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- wish is something that a vendor is asked for. Its id is the key under which it is asked, so that asking again asks nothing twice.
CREATE TABLE wish (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL, -- change | cancel | resume | checkout | refund
    state       TEXT   NOT NULL, -- requested | planned | asking | open | done | refused | dropped
    body        TEXT   NOT NULL, -- JSON
    external_id TEXT   NOT NULL, -- of a checkout
    next_ms     BIGINT NOT NULL, -- when it is worked on next; 0 = never
    tries       BIGINT NOT NULL,
    problem     TEXT   NOT NULL,
    asked_by    TEXT   NOT NULL, -- user id
    approved_by TEXT   NOT NULL, -- of a refund
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- One at a time: a change and a checkout exclude each other.
CREATE UNIQUE INDEX wish_one ON wish (tenant_id) WHERE kind <> 'refund' AND state IN ('planned', 'asking', 'open');
CREATE UNIQUE INDEX wish_external ON wish (external_id) WHERE external_id <> '';
CREATE INDEX wish_due ON wish (next_ms) WHERE next_ms > 0;

-- plan_notice is what a vendor called about. It only says what to look at.
CREATE TABLE plan_notice (
    vendor          TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    kind            TEXT   NOT NULL, -- in the vendor's words
    checkout_id     TEXT   NOT NULL,
    subscription_id TEXT   NOT NULL,
    bill_id         TEXT   NOT NULL,
    at_ms           BIGINT NOT NULL,
    next_ms         BIGINT NOT NULL, -- when it is acted on; 0 = it was
    tries           BIGINT NOT NULL,
    problem         TEXT   NOT NULL,
    received_ms     BIGINT NOT NULL,
    PRIMARY KEY (vendor, event_id)
);
CREATE INDEX plan_notice_due ON plan_notice (next_ms) WHERE next_ms > 0;

-- contract_entry is one line of a contract that no vendor holds: the contract is the sum of its lines.
CREATE TABLE contract_entry (
    tenant_id   TEXT   NOT NULL,
    contract_id TEXT   NOT NULL,
    key         TEXT   NOT NULL, -- what it is; written twice it is one
    kind        TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL,
    data        TEXT   NOT NULL, -- JSON
    PRIMARY KEY (tenant_id, contract_id, key)
);

-- +goose Down
DROP TABLE contract_entry;
DROP TABLE plan_notice;
DROP TABLE wish;
DROP TABLE invoice_series;
DROP TABLE invoice;
DROP TABLE payer;
DROP TABLE subscription;
