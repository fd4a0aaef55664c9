-- +goose Up
-- message_bill is what the platform says that each part of a message costs. Reports of costs add up its rows.
CREATE TABLE message_bill (
    tenant_id       TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    delivery_id     TEXT    NOT NULL,
    message_id      TEXT    NOT NULL,
    account_id      TEXT    NOT NULL,
    billable        BOOLEAN NOT NULL,
    category        TEXT    NOT NULL, -- the platform's word
    model           TEXT    NOT NULL, -- the platform's word
    rank            INTEGER NOT NULL, -- of the status that said so; a higher one wins
    at_ms           BIGINT  NOT NULL, -- when the platform said so
    PRIMARY KEY (tenant_id, conversation_id, delivery_id)
);
CREATE INDEX message_bill_by_time ON message_bill (tenant_id, at_ms);

-- +goose Down
DROP TABLE message_bill;
