-- +goose Up
-- entitlement is what a company's plan grants. A company without a row has no limits.
CREATE TABLE entitlement (
    tenant_id       TEXT   NOT NULL PRIMARY KEY,
    plan_version_id TEXT   NOT NULL, -- empty for terms of its own
    limits          TEXT   NOT NULL, -- JSON object, by meter
    -- until when the bots are silent, since something of the month is used up; 0 = they are not
    silent_ms       BIGINT NOT NULL DEFAULT 0,
    updated_ms      BIGINT NOT NULL,
    version         BIGINT NOT NULL
);

CREATE INDEX entitlement_silent ON entitlement (silent_ms) WHERE silent_ms > 0;

-- entitlement_grant is more than the plan grants, for a time.
CREATE TABLE entitlement_grant (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    meter      TEXT   NOT NULL,
    extra      BIGINT NOT NULL CHECK (extra > 0),
    reason     TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- usage_entry is one thing that was counted, once. What is older than the follower looks back is forgotten; the sums stay.
CREATE TABLE usage_entry (
    tenant_id TEXT   NOT NULL,
    meter     TEXT   NOT NULL,
    event_id  TEXT   NOT NULL,
    at_ms     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, meter, event_id)
);
CREATE INDEX usage_entry_old ON usage_entry (at_ms);

-- usage_sum is what a company used in a month of its own calendar.
CREATE TABLE usage_sum (
    tenant_id   TEXT   NOT NULL,
    period      TEXT   NOT NULL, -- 2026-11
    meter       TEXT   NOT NULL,
    used        BIGINT NOT NULL,
    warned_ms   BIGINT NOT NULL, -- when 80 % was told, 0 = not yet
    reached_ms  BIGINT NOT NULL, -- when 100 % was told, 0 = not yet
    PRIMARY KEY (tenant_id, period, meter)
);

-- usage_talk is when a contact and the company last wrote to each other on a channel: silence of a day ends a conversation that is counted.
CREATE TABLE usage_talk (
    tenant_id  TEXT   NOT NULL,
    contact_id TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    last_ms    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, account_id)
);

-- usage_cursor is how far a shard's events were counted.
CREATE TABLE usage_cursor (
    shard BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL
);

-- +goose Down
DROP TABLE usage_cursor;
DROP TABLE usage_talk;
DROP TABLE usage_sum;
DROP TABLE usage_entry;
DROP TABLE entitlement_grant;
DROP TABLE entitlement;
