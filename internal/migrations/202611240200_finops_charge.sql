-- +goose Up
-- The cost ledger is the platform's: no table here has a company's policy. A company that a charge names is text in it.

-- finops_import is one reading of a bill of a source for a billing period. The numbers of the period are those of its current readings: one for all
-- bills that have a billing account in common.
CREATE TABLE finops_import (
    no             BIGINT NOT NULL PRIMARY KEY,
    source         TEXT   NOT NULL,
    period         BIGINT NOT NULL, -- yyyymm of the billing period
    period_from_ms BIGINT NOT NULL,
    period_to_ms   BIGINT NOT NULL, -- not included
    state          TEXT   NOT NULL, -- staging | current | replaced | withdrawn
    set_name       TEXT   NOT NULL, -- what the files are called together
    payers         TEXT   NOT NULL, -- JSON: the billing accounts, in order
    set_hash       TEXT   NOT NULL, -- SHA-256 over the hashes of the files
    files          TEXT   NOT NULL, -- JSON: name, size and hash of each
    version        TEXT   NOT NULL, -- of FOCUS, as detected
    rows           BIGINT NOT NULL,
    parts          BIGINT NOT NULL,
    totals         TEXT   NOT NULL, -- JSON: billed and effective of each currency, exact
    late           BOOLEAN NOT NULL, -- came when the period should have been closed
    replaces       BIGINT NOT NULL, -- the reading before, 0 = none
    actor          TEXT   NOT NULL,
    started_ms     BIGINT NOT NULL,
    finished_ms    BIGINT NOT NULL  -- 0 = never
);
CREATE INDEX finops_import_period ON finops_import (source, period);
CREATE INDEX finops_import_state ON finops_import (state, period);

-- finops_item is what a charge is for: everything of a row of the bill but its day and its numbers. Empty is FOCUS's null.
CREATE TABLE finops_item (
    import_no          BIGINT NOT NULL,
    no                 BIGINT NOT NULL,
    provider           TEXT   NOT NULL,
    billing_account    TEXT   NOT NULL,
    account_id         TEXT   NOT NULL, -- SubAccountId, or the billing account where there is none
    account_name       TEXT   NOT NULL,
    invoice_id         TEXT   NOT NULL,
    invoice_issuer     TEXT   NOT NULL,
    service_category   TEXT   NOT NULL,
    service            TEXT   NOT NULL,
    service_subcategory TEXT  NOT NULL,
    region             TEXT   NOT NULL,
    resource_id        TEXT   NOT NULL,
    resource_name      TEXT   NOT NULL,
    resource_type      TEXT   NOT NULL,
    charge_category    TEXT   NOT NULL, -- Usage | Purchase | Tax | Credit | Adjustment
    charge_class       TEXT   NOT NULL, -- Correction, or empty
    charge_frequency   TEXT   NOT NULL,
    description        TEXT   NOT NULL,
    pricing_category   TEXT   NOT NULL,
    pricing_unit       TEXT   NOT NULL,
    commitment_id      TEXT   NOT NULL,
    commitment_status  TEXT   NOT NULL,
    sku_id             TEXT   NOT NULL,
    sku_price_id       TEXT   NOT NULL,
    sku_meter          TEXT   NOT NULL,
    consumed_unit      TEXT   NOT NULL,
    currency           TEXT   NOT NULL,
    tags               TEXT   NOT NULL, -- JSON, keys in order
    allocated_method   TEXT   NOT NULL,
    allocated_resource TEXT   NOT NULL,
    allocated_tags     TEXT   NOT NULL, -- JSON, keys in order
    tag_line           TEXT   NOT NULL, -- what the tags claim
    tag_environment    TEXT   NOT NULL,
    company_id         TEXT   NOT NULL, -- what the tags claim; tells a company apart, guards nothing
    PRIMARY KEY (import_no, no)
);

-- finops_charge is what an item cost in a day. An item and a day may stand in several parts: always sum.
CREATE TABLE finops_charge (
    import_no       BIGINT NOT NULL,
    part            BIGINT NOT NULL,
    item_no         BIGINT NOT NULL,
    day             BIGINT NOT NULL, -- of the charge period's begin, days since 1970-01-01 UTC
    month           BIGINT NOT NULL, -- yyyymm of that day
    days            BIGINT NOT NULL, -- that the charge period covers, at least 1
    billed_nano     BIGINT NOT NULL, -- an amount is nano*10^-9 + atto*10^-18
    billed_atto     BIGINT NOT NULL,
    effective_nano  BIGINT NOT NULL,
    effective_atto  BIGINT NOT NULL,
    list_nano       BIGINT NOT NULL,
    list_atto       BIGINT NOT NULL,
    contracted_nano BIGINT NOT NULL,
    contracted_atto BIGINT NOT NULL,
    quantity_nano   BIGINT NOT NULL, -- consumed, in consumed_unit
    quantity_atto   BIGINT NOT NULL,
    pricing_nano    BIGINT NOT NULL, -- in pricing_unit
    pricing_atto    BIGINT NOT NULL,
    rows            BIGINT NOT NULL, -- of the bill
    PRIMARY KEY (import_no, item_no, day, days, part)
);
CREATE INDEX finops_charge_month ON finops_charge (import_no, month);

-- finops_file is a set of files of a source that the sweep has looked at, so that it need not read them again.
CREATE TABLE finops_file (
    source     TEXT   NOT NULL,
    name       TEXT   NOT NULL, -- of the set
    mark       TEXT   NOT NULL, -- changes when a file of the set does
    outcome    TEXT   NOT NULL, -- imported | known | refused | waiting
    problem    TEXT   NOT NULL, -- why it was refused, or waits
    seen_ms    BIGINT NOT NULL,
    PRIMARY KEY (source, name)
);

-- finops_finding is what a reading found odd, and took as it was.
CREATE TABLE finops_finding (
    import_no   BIGINT NOT NULL,
    rule        TEXT   NOT NULL,
    column_name TEXT   NOT NULL,
    count       BIGINT NOT NULL,
    first_row   BIGINT NOT NULL,
    sample      TEXT   NOT NULL,
    PRIMARY KEY (import_no, rule, column_name)
);

-- finops_account says to which product line and environment an account belongs, and when.
CREATE TABLE finops_account (
    id          TEXT   NOT NULL PRIMARY KEY,
    account_id  TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    line        TEXT   NOT NULL, -- massivo | enterprise | shared
    environment TEXT   NOT NULL, -- dev | homolog | prod | shared
    from_day    BIGINT NOT NULL, -- days since 1970-01-01
    to_day      BIGINT NOT NULL, -- not included; 0 = open
    origin      TEXT   NOT NULL, -- file | typed
    updated_ms  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);
CREATE INDEX finops_account_account ON finops_account (account_id, from_day);

-- finops_invoice is what an invoice of the provider says, typed in by an operator.
CREATE TABLE finops_invoice (
    source      TEXT   NOT NULL,
    period      BIGINT NOT NULL, -- yyyymm
    invoice_id  TEXT   NOT NULL, -- empty = all of the period
    currency    TEXT   NOT NULL,
    amount_nano BIGINT NOT NULL,
    amount_atto BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    typed_ms    BIGINT NOT NULL,
    PRIMARY KEY (source, period, invoice_id, currency)
);

-- +goose Down
DROP TABLE finops_invoice;
DROP TABLE finops_account;
DROP TABLE finops_finding;
DROP TABLE finops_file;
DROP TABLE finops_charge;
DROP TABLE finops_item;
DROP TABLE finops_import;
