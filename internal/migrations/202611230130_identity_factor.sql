-- +goose Up
-- factor proves a person beside the password: a code app (totp) or a passkey. Exempt: a person belongs to several companies.
CREATE TABLE factor (
    id           TEXT   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- totp | passkey
    name         TEXT   NOT NULL,
    sealed       TEXT   NOT NULL, -- the app's seed, or the passkey's public credential
    handle       TEXT   NOT NULL, -- a passkey's credential id, base64url; empty for an app
    last_step    BIGINT NOT NULL, -- of an app: the step of the last code taken, each of which works once
    created_ms   BIGINT NOT NULL,
    confirmed_ms BIGINT NOT NULL, -- 0 until the first code was right
    used_ms      BIGINT NOT NULL
);
CREATE INDEX factor_by_user ON factor (user_id);
CREATE UNIQUE INDEX factor_by_handle ON factor (handle) WHERE handle <> '';

-- recovery_code lets somebody in who lost their factors, each once. 120 random bits, so a plain hash is enough. Exempt.
CREATE TABLE recovery_code (
    user_id   TEXT   NOT NULL,
    code_hash TEXT   NOT NULL,
    used_ms   BIGINT NOT NULL, -- 0 = unused
    PRIMARY KEY (user_id, code_hash)
);

-- login_challenge is a second step that was begun and not done. Exempt: no company is known.
CREATE TABLE login_challenge (
    token_hash      TEXT   NOT NULL PRIMARY KEY, -- of the browser's cookie, or "<purpose>:<session>"
    purpose         TEXT   NOT NULL,             -- sign_in | discover | register | step_up
    user_id         TEXT   NOT NULL,             -- empty where the passkey will tell
    invitation_hash TEXT   NOT NULL,             -- the invitation that is accepted by signing in, empty for none
    ceremony        TEXT   NOT NULL,             -- what a passkey must sign, as JSON; empty for none
    tries           BIGINT NOT NULL,
    expires_ms      BIGINT NOT NULL
);

-- factor_policy says who of a company needs a second factor.
CREATE TABLE factor_policy (
    tenant_id  TEXT   NOT NULL PRIMARY KEY,
    required   TEXT   NOT NULL, -- nobody | admins | everybody
    changed_ms BIGINT NOT NULL
);

-- support_access is an operator's look into a company: asked with a reason, an hour long, read-only.
CREATE TABLE support_access (
    tenant_id     TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    operator_id   TEXT   NOT NULL,
    operator_name TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    state         TEXT   NOT NULL, -- asked | open | refused | ended
    asked_ms      BIGINT NOT NULL,
    approver_id   TEXT   NOT NULL, -- empty: there was no second operator
    approver_name TEXT   NOT NULL,
    opened_ms     BIGINT NOT NULL,
    expires_ms    BIGINT NOT NULL,
    ended_ms      BIGINT NOT NULL,
    ended_by      TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_access_by_operator ON support_access (operator_id, tenant_id);

ALTER TABLE app_user ADD COLUMN reenrol BOOLEAN NOT NULL DEFAULT FALSE; -- a new factor is to be set up before anything else
ALTER TABLE login_session ADD COLUMN proof TEXT NOT NULL DEFAULT 'password'; -- password | totp | passkey | recovery | demo
ALTER TABLE login_session ADD COLUMN proved_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE login_session ADD COLUMN rotate BOOLEAN NOT NULL DEFAULT FALSE; -- the next call gets a new token
ALTER TABLE login_session ADD COLUMN old_hash TEXT NOT NULL DEFAULT ''; -- the token before, for calls under way
ALTER TABLE login_session ADD COLUMN old_until_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX login_session_by_old ON login_session (old_hash);

-- +goose Down
DROP INDEX login_session_by_old;
ALTER TABLE login_session DROP COLUMN old_until_ms;
ALTER TABLE login_session DROP COLUMN old_hash;
ALTER TABLE login_session DROP COLUMN rotate;
ALTER TABLE login_session DROP COLUMN proved_ms;
ALTER TABLE login_session DROP COLUMN proof;
ALTER TABLE app_user DROP COLUMN reenrol;
DROP TABLE support_access;
DROP TABLE factor_policy;
DROP TABLE login_challenge;
DROP TABLE recovery_code;
DROP TABLE factor;
