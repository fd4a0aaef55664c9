-- +goose Up
-- What each company used and what that costs. All of these are the platform's own: they hold companies' ids and numbers,
-- are read by operators only, and stand under no company's policy. A day is the number of days since 1970-01-01 UTC, a
-- month is yyyymm; an amount is two columns: nano * 10^-9 + atto * 10^-18.

-- finops_tally is what this deployment counts while it happens. day is text here: yyyy-mm-dd.
CREATE TABLE finops_tally (
    day        TEXT   NOT NULL,
    company_id TEXT   NOT NULL, -- empty: the processes
    kind       TEXT   NOT NULL,
    amount     BIGINT NOT NULL,
    PRIMARY KEY (day, company_id, kind)
);

-- finops_meter_day is a day that this deployment has measured and written.
CREATE TABLE finops_meter_day (
    day       TEXT   NOT NULL PRIMARY KEY,
    revision  BIGINT NOT NULL,
    hash      TEXT   NOT NULL, -- of the numbers
    row_count BIGINT NOT NULL,
    looked_ms BIGINT NOT NULL
);

-- finops_use is what was imported of the meters of all deployments; a file replaces its day.
CREATE TABLE finops_use (
    deployment TEXT   NOT NULL, -- <line>-<environment>
    day        BIGINT NOT NULL,
    company_id TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    amount     BIGINT NOT NULL,
    PRIMARY KEY (deployment, day, company_id, kind, detail)
);
CREATE INDEX finops_use_by_day ON finops_use (day, deployment);

CREATE TABLE finops_use_file (
    deployment  TEXT   NOT NULL,
    day         BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    tag         TEXT   NOT NULL, -- of the file as it was read
    revision    BIGINT NOT NULL,
    row_count   BIGINT NOT NULL,
    imported_ms BIGINT NOT NULL,
    PRIMARY KEY (deployment, day)
);

-- finops_rule says by which meter the cost of a service is split; the first that fits counts.
CREATE TABLE finops_rule (
    no       BIGINT NOT NULL PRIMARY KEY,
    category TEXT   NOT NULL, -- ServiceCategory of FOCUS; empty: any
    service  TEXT   NOT NULL, -- part of ServiceName, lower case; empty: any
    basis    TEXT   NOT NULL,
    changed_ms BIGINT NOT NULL
);

-- finops_fee is what a channel charges for a billed part, as somebody typed it in or imported it.
CREATE TABLE finops_fee (
    id          TEXT    NOT NULL PRIMARY KEY,
    channel     TEXT    NOT NULL,
    category    TEXT    NOT NULL, -- the platform's word; *: any
    calling     TEXT    NOT NULL, -- country calling code; *: any
    currency    TEXT    NOT NULL,
    nano        BIGINT  NOT NULL, -- of one billed part
    atto        BIGINT  NOT NULL,
    from_day    BIGINT  NOT NULL,
    until_day   BIGINT  NOT NULL, -- the first day on which it does not count any more; 0: open
    sample      BOOLEAN NOT NULL, -- made up, to show how it looks
    note        TEXT    NOT NULL, -- where the price was read
    actor_name  TEXT    NOT NULL,
    changed_ms  BIGINT  NOT NULL
);
CREATE UNIQUE INDEX finops_fee_one ON finops_fee (channel, category, calling, currency, from_day);

-- finops_rate is what one unit of a currency costs in another on a day.
CREATE TABLE finops_rate (
    base       TEXT    NOT NULL,
    quote      TEXT    NOT NULL,
    day        BIGINT  NOT NULL,
    nano       BIGINT  NOT NULL,
    atto       BIGINT  NOT NULL,
    source     TEXT    NOT NULL,
    sample     BOOLEAN NOT NULL,
    changed_ms BIGINT  NOT NULL,
    PRIMARY KEY (base, quote, day)
);

-- finops_budget is what a line and environment may cost in a month.
CREATE TABLE finops_budget (
    line        TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    currency    TEXT   NOT NULL,
    from_month  BIGINT NOT NULL,
    nano        BIGINT NOT NULL,
    atto        BIGINT NOT NULL,
    origin      TEXT   NOT NULL, -- accounts | typed
    note        TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    changed_ms  BIGINT NOT NULL,
    PRIMARY KEY (line, environment, currency, from_month)
);

-- finops_saving is a measure that is to save money: an entry of the ledger of savings.
CREATE TABLE finops_saving (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    line        TEXT   NOT NULL, -- what it touches; empty: all
    environment TEXT   NOT NULL,
    service     TEXT   NOT NULL, -- part of the service's name; empty: all
    resource    TEXT   NOT NULL, -- part of the resource's id; empty: all
    currency    TEXT   NOT NULL,
    started_day BIGINT NOT NULL,
    ended_day   BIGINT NOT NULL, -- 0: it still counts
    before_days BIGINT NOT NULL, -- the window that it is held against
    planned     TEXT   NOT NULL, -- JSON: hours a week that are planned off
    note        TEXT   NOT NULL,
    actor_name  TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    changed_ms  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);

-- finops_share is what a company bears of a month, by where it came from. It is made from charges and meters whenever
-- those change (finops_share_run.inputs tells from which), and is never edited.
CREATE TABLE finops_share (
    month          BIGINT NOT NULL,
    line           TEXT   NOT NULL,
    environment    TEXT   NOT NULL,
    company_id     TEXT   NOT NULL, -- empty: nobody's
    kind           TEXT   NOT NULL, -- shared | dedicated | idle | fee | building | open
    service        TEXT   NOT NULL,
    currency       TEXT   NOT NULL,
    method         TEXT   NOT NULL,
    billed_nano    BIGINT NOT NULL,
    billed_atto    BIGINT NOT NULL,
    effective_nano BIGINT NOT NULL,
    effective_atto BIGINT NOT NULL,
    PRIMARY KEY (month, line, environment, company_id, kind, service, currency, method)
);

CREATE TABLE finops_share_run (
    month   BIGINT NOT NULL PRIMARY KEY,
    inputs  TEXT   NOT NULL,
    ran_ms  BIGINT NOT NULL,
    charges BIGINT NOT NULL -- that were split
);

-- +goose Down
DROP TABLE finops_share_run;
DROP TABLE finops_share;
DROP TABLE finops_saving;
DROP TABLE finops_budget;
DROP TABLE finops_rate;
DROP TABLE finops_fee;
DROP TABLE finops_rule;
DROP TABLE finops_use_file;
DROP TABLE finops_use;
DROP TABLE finops_meter_day;
DROP TABLE finops_tally;
