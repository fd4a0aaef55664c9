-- +goose Up
-- draft is what an attendant has begun to write; it follows them from one browser to another.
CREATE TABLE draft (
    tenant_id       TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    conversation_id TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    updated_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, conversation_id)
);

-- upload is a file that an attendant has chosen and not sent yet; a message then names the same blob.
CREATE TABLE upload (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    kind       TEXT   NOT NULL, -- message.Kind: image | video | audio | document
    mime       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    hash       TEXT   NOT NULL, -- of the blob
    thumb      TEXT   NOT NULL, -- hash of a small picture, empty when there is none
    width      BIGINT NOT NULL, -- pixels, 0 unknown; as all that the bytes say
    height     BIGINT NOT NULL,
    seconds    BIGINT NOT NULL,
    voice_note BOOLEAN NOT NULL, -- may be sent as a recorded note
    animated   BOOLEAN NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- +goose Down
DROP TABLE upload;
DROP TABLE draft;
