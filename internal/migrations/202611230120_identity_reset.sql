-- +goose Up
-- password_reset is somebody who forgot a password. It is asked for with any e-mail, and only later found out whether
-- that is anybody's, so that the answer tells nothing. Exempt: no company is known.
CREATE TABLE password_reset (
    id         TEXT   NOT NULL PRIMARY KEY,
    email      TEXT   NOT NULL,
    ip         TEXT   NOT NULL,
    asked_ms   BIGINT NOT NULL,
    user_id    TEXT   NOT NULL, -- empty until it was looked for
    token_hash TEXT   NOT NULL, -- empty until then
    expires_ms BIGINT NOT NULL, -- 0 until then
    used_ms    BIGINT NOT NULL  -- 0 = open
);
CREATE UNIQUE INDEX password_reset_token ON password_reset (token_hash) WHERE token_hash <> '';
CREATE INDEX password_reset_asked ON password_reset (asked_ms) WHERE expires_ms = 0;
CREATE INDEX password_reset_email ON password_reset (email, asked_ms);

-- +goose Down
DROP TABLE password_reset;
