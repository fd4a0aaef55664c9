-- +goose Up
-- crm_connection is the CRM of this installation. The access token stands here, since all processes share one: the vendor gives few.
CREATE TABLE crm_connection (
    vendor       TEXT   NOT NULL PRIMARY KEY,
    centre       TEXT   NOT NULL, -- data centre of the vendor that holds the account
    client_id    TEXT   NOT NULL,
    credentials  TEXT   NOT NULL, -- sealed JSON: secret of the client, refresh token
    organization TEXT   NOT NULL, -- as the vendor told when it was tested
    access       TEXT   NOT NULL, -- sealed access token, empty for none
    api_domain   TEXT   NOT NULL, -- where the vendor wants to be called with it
    generation   BIGINT NOT NULL, -- counts access tokens, so that one which was refused is known from its successor
    granted_ms   BIGINT NOT NULL,
    refresh_ms   BIGINT NOT NULL, -- a successor is fetched from then on
    expires_ms   BIGINT NOT NULL,
    lease_ms     BIGINT NOT NULL, -- until when one process fetches a token for all; 0 = nobody does
    lease_owner  TEXT   NOT NULL,
    cooldown_ms  BIGINT NOT NULL, -- no token is asked for until then
    trouble      TEXT   NOT NULL, -- why: throttled | locked | down, empty for none
    problem      TEXT   NOT NULL, -- what was said last against it, in a sentence
    tested_ms    BIGINT NOT NULL, -- 0 = never
    success_ms   BIGINT NOT NULL, -- the last call that went well, to the minute
    credits      BIGINT NOT NULL, -- calls left in the vendor's day, -1 = it did not say
    created_ms   BIGINT NOT NULL,
    updated_ms   BIGINT NOT NULL,
    version      BIGINT NOT NULL  -- counts connections; a token fetched for an earlier one is thrown away
);

-- crm_setting is what the fields and stages are called in this CRM.
CREATE TABLE crm_setting (
    vendor     TEXT   NOT NULL PRIMARY KEY,
    content    TEXT   NOT NULL, -- JSON
    updated_ms BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

-- crm_shape is what the CRM told of the fields of one kind of record.
CREATE TABLE crm_shape (
    vendor     TEXT   NOT NULL,
    entity     TEXT   NOT NULL, -- account | contact | deal | lead
    content    TEXT   NOT NULL, -- JSON
    fetched_ms BIGINT NOT NULL,
    PRIMARY KEY (vendor, entity)
);

-- +goose Down
DROP TABLE crm_shape;
DROP TABLE crm_setting;
DROP TABLE crm_connection;
