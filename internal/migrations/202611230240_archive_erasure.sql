-- +goose Up
-- erasure is the end of a company's data here: begun once its time to come back is over, done when nothing is left.
CREATE TABLE erasure (
    tenant_id TEXT   NOT NULL PRIMARY KEY,
    began_ms  BIGINT NOT NULL,
    done_ms   BIGINT NOT NULL, -- 0 = under way
    gone      BIGINT NOT NULL  -- rows erased
);

-- +goose Down
DROP TABLE erasure;
