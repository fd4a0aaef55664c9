-- Facts about the installation itself, such as the fence of a shard's owner.
-- Not of a company: no tenant_id.

-- +goose Up
CREATE TABLE platform_meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE platform_meta;
