-- +goose Up
-- app_user is a person who signs in; one person may be a member of several companies. Exempt from row-level security.
CREATE TABLE app_user (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE, -- folded to lower case
    name          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,        -- argon2id, empty until an invitation is accepted
    operator      BOOLEAN NOT NULL,        -- the platform's staff
    locale        TEXT    NOT NULL,
    state         TEXT    NOT NULL,        -- active | disabled
    created_ms    BIGINT  NOT NULL,
    version       BIGINT  NOT NULL
);

CREATE TABLE member (
    tenant_id  TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    role       TEXT   NOT NULL, -- admin | supervisor | attendant
    state      TEXT   NOT NULL, -- active | removed
    created_ms BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_by_user ON member (user_id);

-- login_session holds only the hash of the cookie's token. Exempt: it is read before a company is known.
CREATE TABLE login_session (
    id         TEXT   NOT NULL PRIMARY KEY,
    token_hash TEXT   NOT NULL UNIQUE,
    user_id    TEXT   NOT NULL,
    active_tenant_id TEXT NOT NULL, -- the company being looked at; empty for an operator without one
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    revoked_ms BIGINT NOT NULL, -- 0 = live
    ip         TEXT   NOT NULL,
    agent      TEXT   NOT NULL
);
CREATE INDEX login_session_by_user ON login_session (user_id);

CREATE TABLE invitation (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    email       TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    token_hash  TEXT   NOT NULL UNIQUE,
    invited_by  TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    accepted_ms BIGINT NOT NULL, -- 0 = open
    revoked_ms  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- login_attempt slows guessing down, by e-mail and by address. Exempt.
CREATE TABLE login_attempt (
    subject   TEXT   NOT NULL PRIMARY KEY, -- "email:..." or "ip:..."
    failures  BIGINT NOT NULL,
    last_ms   BIGINT NOT NULL,
    until_ms  BIGINT NOT NULL
);

-- setup_token opens the first-run page once. Exempt.
CREATE TABLE setup_token (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL
);

-- +goose Down
DROP TABLE setup_token;
DROP TABLE login_attempt;
DROP TABLE invitation;
DROP TABLE login_session;
DROP TABLE member;
DROP TABLE app_user;
