-- +goose Up
-- schema_floor names the oldest binary that may run on this schema, by the newest migration that it carries; 0 is every
-- binary. A migration that breaks older ones raises it (package migrations).
CREATE TABLE schema_floor (
    version BIGINT NOT NULL
);
INSERT INTO schema_floor (version) VALUES (0);

-- +goose Down
DROP TABLE schema_floor;
