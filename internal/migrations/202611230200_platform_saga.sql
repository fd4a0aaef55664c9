-- +goose Up
-- saga is a journey of several steps that outlives processes. It belongs to the platform: what it is about, its module knows by the id.
CREATE TABLE saga (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- running | done | canceled
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);

CREATE TABLE saga_step (
    saga_id    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- waiting | due | running | done | attention | skipped | canceled
    circuit    TEXT   NOT NULL, -- the integration that it needs, empty for none
    claim      BIGINT NOT NULL, -- counts runs that were begun; only the latest may tell how it went
    owner      TEXT   NOT NULL, -- the process that has it, or had it last
    attempt    BIGINT NOT NULL, -- failures that count
    lost       BIGINT NOT NULL, -- runs in a row whose process never told how it went
    run_ms     BIGINT NOT NULL, -- when it is looked at: its next run, or the end of its lease; 0 = never
    signaled   BIGINT NOT NULL, -- 1: what it waits for has come before its turn
    nudged     BIGINT NOT NULL, -- 1: there were news while it ran
    output     TEXT   NOT NULL,
    mended     TEXT   NOT NULL, -- JSON object: data that an operator corrected
    class      TEXT   NOT NULL, -- of the problem: a word
    field      TEXT   NOT NULL, -- of the data that the problem is about, empty for none
    problem    TEXT   NOT NULL, -- what was said last against it, or why it was skipped
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (saga_id, name)
);
CREATE INDEX saga_step_due ON saga_step (run_ms) WHERE run_ms > 0;
CREATE INDEX saga_step_attention ON saga_step (saga_id, name) WHERE state = 'attention';

-- saga_circuit is an integration that steps need. In trouble, they wait, and one a minute tries.
CREATE TABLE saga_circuit (
    name       TEXT   NOT NULL PRIMARY KEY,
    failures   BIGINT NOT NULL, -- in the minute that began at first_ms
    first_ms   BIGINT NOT NULL,
    opened_ms  BIGINT NOT NULL, -- 0 = closed
    probe_ms   BIGINT NOT NULL, -- when the next step may try
    success_ms BIGINT NOT NULL, -- when it answered last
    problem    TEXT   NOT NULL
);

-- +goose Down
DROP TABLE saga_circuit;
DROP TABLE saga_step;
DROP TABLE saga;
