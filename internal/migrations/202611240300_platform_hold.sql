-- +goose Up
-- company_hold lists the companies that stand still while they move to another deployment, or have moved there. It belongs
-- to the installation: who asks has no company yet.
CREATE TABLE company_hold (
    company_id TEXT   NOT NULL PRIMARY KEY,
    level      TEXT   NOT NULL, -- draining | frozen | moved | arriving | landing
    move_id    TEXT   NOT NULL,
    since_ms   BIGINT NOT NULL, -- of the level
    passed_ms  BIGINT NOT NULL  -- what happened until then has reached all who follow the events
);

-- +goose Down
DROP TABLE company_hold;
