-- +goose Up
-- plan is something that companies subscribe to. Plans are the platform's: no table here has a company.
CREATE TABLE plan (
    id         TEXT   NOT NULL PRIMARY KEY,
    slug       TEXT   NOT NULL UNIQUE,
    line       TEXT   NOT NULL, -- massivo | enterprise
    position   BIGINT NOT NULL, -- on the page of prices, lowest first
    state      TEXT   NOT NULL, -- open | closed
    created_ms BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

-- plan_version is what was or will be sold. Its content never changes once it is published: contracts name it.
CREATE TABLE plan_version (
    id           TEXT   NOT NULL PRIMARY KEY,
    plan_id      TEXT   NOT NULL REFERENCES plan (id),
    number       BIGINT NOT NULL,
    state        TEXT   NOT NULL, -- draft | published | withdrawn
    content      TEXT   NOT NULL, -- JSON
    hash         TEXT   NOT NULL, -- SHA-256 of the content, empty of a draft
    revision     BIGINT NOT NULL, -- counts the edits of the draft
    created_ms   BIGINT NOT NULL,
    updated_ms   BIGINT NOT NULL,
    published_ms BIGINT NOT NULL, -- 0 = not yet
    withdrawn_ms BIGINT NOT NULL, -- 0 = not withdrawn
    UNIQUE (plan_id, number)
);
CREATE UNIQUE INDEX plan_version_draft ON plan_version (plan_id) WHERE state = 'draft';
CREATE UNIQUE INDEX plan_version_published ON plan_version (plan_id) WHERE state = 'published';

-- promotion is a coupon of ours.
CREATE TABLE promotion (
    id         TEXT    NOT NULL PRIMARY KEY,
    code       TEXT    NOT NULL UNIQUE, -- upper case
    percent    BIGINT  NOT NULL CHECK (percent >= 0 AND percent <= 10000), -- basis points; 0 = an amount
    amount     BIGINT  NOT NULL CHECK (amount >= 0), -- minor units a period
    currency   TEXT    NOT NULL, -- of the amount
    cycles     BIGINT  NOT NULL, -- periods that cost less, 0 = all
    from_ms    BIGINT  NOT NULL,
    to_ms      BIGINT  NOT NULL, -- 0 = for ever
    most       BIGINT  NOT NULL, -- redemptions, 0 = any number
    used       BIGINT  NOT NULL CHECK (used >= 0), -- held or used; above the limit when somebody paid whose hold had gone
    plans      TEXT    NOT NULL, -- JSON array of plan ids, empty for all
    active     BOOLEAN NOT NULL,
    created_ms BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);

-- promotion_redemption is somebody who holds or has used a coupon.
CREATE TABLE promotion_redemption (
    promotion_id TEXT   NOT NULL,
    subject      TEXT   NOT NULL, -- the acquisition's or the company's id
    state        TEXT   NOT NULL, -- held | used | released
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (promotion_id, subject)
);

-- +goose Down
DROP TABLE promotion_redemption;
DROP TABLE promotion;
DROP TABLE plan_version;
DROP TABLE plan;
