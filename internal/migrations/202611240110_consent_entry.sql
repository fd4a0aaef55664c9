-- +goose Up
-- consent_entry is the ledger: what a customer allowed or forbade, who says so and by what. Rows are only added.
CREATE TABLE consent_entry (
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    contact_id TEXT    NOT NULL, -- whose word it is; follows a merge
    topic      TEXT    NOT NULL, -- marketing, or the topic of a subscription
    granted    BOOLEAN NOT NULL,
    source     TEXT    NOT NULL, -- customer | words | platform | attendant | bot
    account_id TEXT    NOT NULL, -- the channel account that it came by, empty for none
    message_id TEXT    NOT NULL, -- the message that says so, empty for none
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    proof      TEXT    NOT NULL, -- the customer's words, the name of a form or list
    token      TEXT    NOT NULL, -- what the platform wants back with a message of the topic
    at_ms      BIGINT  NOT NULL, -- when it was said
    created_ms BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX consent_entry_by_contact ON consent_entry (tenant_id, contact_id, topic, at_ms, id);
-- What a platform repeats is one entry.
CREATE UNIQUE INDEX consent_entry_message ON consent_entry (tenant_id, message_id, topic) WHERE message_id <> '';

-- consent_rule is how a company asks; no row means that marketing goes to all who did not say stop.
CREATE TABLE consent_rule (
    tenant_id  TEXT    NOT NULL,
    opt_in     BOOLEAN NOT NULL, -- marketing only to who allowed it
    updated_ms BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id)
);

-- +goose Down
DROP TABLE consent_rule;
DROP TABLE consent_entry;
