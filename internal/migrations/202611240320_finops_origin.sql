-- +goose Up
-- What only the export of a bill shows is kept too.
ALTER TABLE finops_item ADD COLUMN details TEXT NOT NULL DEFAULT ''; -- JSON: further columns of FOCUS by name, for those who read the export
ALTER TABLE finops_item ADD COLUMN absent TEXT NOT NULL DEFAULT ''; -- names of columns, by space, that are null in the bill and something here: 0, or the billing account
CREATE INDEX finops_charge_long ON finops_charge (import_no, day) WHERE days > 1; -- what may reach into a later month

-- A kind of part has one price from a day on, in one currency. Of two the one counted that stays.
DELETE FROM finops_fee WHERE EXISTS (SELECT 1 FROM finops_fee o WHERE o.channel = finops_fee.channel AND o.category = finops_fee.category
    AND o.calling = finops_fee.calling AND o.from_day = finops_fee.from_day AND o.currency < finops_fee.currency);
DROP INDEX finops_fee_one;
CREATE UNIQUE INDEX finops_fee_one ON finops_fee (channel, category, calling, from_day);

-- What the file of accounts says of a budget and what an operator typed stand beside each other: only so is it known whether
-- the file says something new. Releases before this one write budgets by the key without the origin.
ALTER TABLE finops_budget RENAME TO finops_budget_before;
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
    PRIMARY KEY (line, environment, currency, from_month, origin)
);
INSERT INTO finops_budget (line, environment, currency, from_month, nano, atto, origin, note, actor_name, changed_ms)
    SELECT line, environment, currency, from_month, nano, atto, origin, note, actor_name, changed_ms FROM finops_budget_before;
DROP TABLE finops_budget_before;
UPDATE schema_floor SET version = 202611240320;

-- +goose Down
DROP INDEX finops_charge_long;
ALTER TABLE finops_item DROP COLUMN absent;
ALTER TABLE finops_item DROP COLUMN details;
