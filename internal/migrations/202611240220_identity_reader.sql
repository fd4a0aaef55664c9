-- +goose Up
ALTER TABLE app_user ADD COLUMN cost BOOLEAN NOT NULL DEFAULT FALSE; -- reads what the platform costs, and nothing else of it

-- +goose Down
ALTER TABLE app_user DROP COLUMN cost;
