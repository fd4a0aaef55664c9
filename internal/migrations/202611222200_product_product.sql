-- +goose Up
CREATE TABLE product (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    handle      TEXT   NOT NULL, -- the company's own short name of it, as in files of products
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    brand       TEXT   NOT NULL,
    category_id TEXT   NOT NULL, -- a collection of kind category; empty for none
    state       TEXT   NOT NULL, -- draft | active | archived
    options     TEXT   NOT NULL, -- JSON array of the names of options, at most three
    images      TEXT   NOT NULL, -- JSON array of images, the first is the face
    ncm         TEXT   NOT NULL, -- fiscal code of goods, for invoices to come
    folded      TEXT   NOT NULL, -- what it is found by, accents folded
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX product_by_handle ON product (tenant_id, handle);

-- variant is what is sold: it has a price, and a row of stock.
CREATE TABLE variant (
    tenant_id     TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    product_id    TEXT    NOT NULL,
    sku           TEXT    NOT NULL,
    position      BIGINT  NOT NULL,
    options       TEXT    NOT NULL, -- JSON array of values, one for each option of the product
    barcode       TEXT    NOT NULL,
    price         BIGINT  NOT NULL CHECK (price >= 0), -- minor units
    sale_price    BIGINT  NOT NULL CHECK (sale_price >= 0), -- 0 = none
    sale_from_ms  BIGINT  NOT NULL, -- 0 = since ever
    sale_to_ms    BIGINT  NOT NULL, -- 0 = for ever
    currency      TEXT    NOT NULL,
    image         TEXT    NOT NULL, -- JSON image, or empty for the product's
    weight_g      BIGINT  NOT NULL,
    max_per_order BIGINT  NOT NULL, -- 0 = no limit of its own
    archived      BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX variant_by_sku ON variant (tenant_id, sku) WHERE NOT archived;
CREATE INDEX variant_by_product ON variant (tenant_id, product_id, position);

-- stock is how many pieces there are and how many of them are promised. The sums of stock_movement are its columns.
CREATE TABLE stock (
    tenant_id  TEXT    NOT NULL,
    variant_id TEXT    NOT NULL,
    tracked    BOOLEAN NOT NULL, -- false: made to order, never runs out
    on_hand    BIGINT  NOT NULL CHECK (on_hand >= 0),
    reserved   BIGINT  NOT NULL CHECK (reserved >= 0),
    version    BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, variant_id),
    CHECK (reserved <= on_hand)
);

-- stock_hold promises pieces to a holder (an order) until they are sold or released.
CREATE TABLE stock_hold (
    tenant_id  TEXT   NOT NULL,
    holder     TEXT   NOT NULL,
    variant_id TEXT   NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    expires_ms BIGINT NOT NULL, -- 0 = until told otherwise
    PRIMARY KEY (tenant_id, holder, variant_id)
);

-- stock_movement is the ledger: rows are only added, and one cause moves a variant once.
CREATE TABLE stock_movement (
    tenant_id      TEXT   NOT NULL,
    variant_id     TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    kind           TEXT   NOT NULL, -- receive | adjust | hold | release | sell | restock
    cause          TEXT   NOT NULL, -- what moved it: an order and the count of its change, or the movement itself
    on_hand_delta  BIGINT NOT NULL,
    reserved_delta BIGINT NOT NULL,
    reason         TEXT   NOT NULL,
    actor_kind     TEXT   NOT NULL,
    actor_id       TEXT   NOT NULL,
    at_ms          BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, id)
);
CREATE UNIQUE INDEX stock_movement_once ON stock_movement (tenant_id, cause, variant_id, kind);

-- collection is a shelf: a category of the tree (a product stands in one) or a hand-made list (in any number).
CREATE TABLE collection (
    tenant_id  TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL, -- category | list
    parent_id  TEXT   NOT NULL, -- of a category, empty at the top
    name       TEXT   NOT NULL,
    position   BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX collection_by_name ON collection (tenant_id, kind, parent_id, name);

CREATE TABLE collection_item (
    tenant_id     TEXT   NOT NULL,
    collection_id TEXT   NOT NULL,
    product_id    TEXT   NOT NULL,
    position      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, collection_id, product_id)
);

-- product_image lists the files that anybody may fetch: a picture in a catalog is public, a customer's is not.
CREATE TABLE product_image (
    tenant_id  TEXT   NOT NULL,
    hash       TEXT   NOT NULL,
    mime       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);

-- +goose Down
DROP TABLE product_image;
DROP TABLE collection_item;
DROP TABLE collection;
DROP TABLE stock_movement;
DROP TABLE stock_hold;
DROP TABLE stock;
DROP TABLE variant;
DROP TABLE product;
