-- +goose Up
-- listing_catalog is a catalog at Meta that a company sells from, with what is due for it.
CREATE TABLE listing_catalog (
    tenant_id      TEXT   NOT NULL,
    id             TEXT   NOT NULL, -- Meta's
    name           TEXT   NOT NULL,
    account_id     TEXT   NOT NULL, -- channel account whose token is used; empty while none is connected
    next_ms        BIGINT NOT NULL, -- when something is due; 0 = nothing
    lease          TEXT   NOT NULL, -- who works on it
    lease_ms       BIGINT NOT NULL, -- until when
    push_parked_ms BIGINT NOT NULL, -- Meta takes no pushes before this
    read_parked_ms BIGINT NOT NULL, -- and answers no questions before this
    chunk          BIGINT NOT NULL, -- rows of the next push
    usage          BIGINT NOT NULL, -- percent of its hour, as told last
    compare_ms     BIGINT NOT NULL, -- when all products are compared again
    compare_after  TEXT   NOT NULL, -- the last variant that a comparison under way has seen
    read_ms        BIGINT NOT NULL, -- when the whole catalog is read again
    read_after     TEXT   NOT NULL, -- where a reading under way goes on
    read_began_ms  BIGINT NOT NULL, -- 0 = none is under way
    total          BIGINT NOT NULL, -- items that Meta holds, as told last
    pushed_ms      BIGINT NOT NULL, -- of the last push and the last whole reading; 0 = never
    seen_ms        BIGINT NOT NULL,
    problem        TEXT   NOT NULL, -- a reason, empty when all is well
    problem_text   TEXT   NOT NULL, -- Meta's words
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX listing_catalog_due ON listing_catalog (next_ms) WHERE next_ms > 0;

-- listing_account says which catalog a WhatsApp account shows.
CREATE TABLE listing_account (
    tenant_id       TEXT    NOT NULL,
    account_id      TEXT    NOT NULL,
    catalog_id      TEXT    NOT NULL,
    business_id     TEXT    NOT NULL,
    cart_enabled    BOOLEAN NOT NULL,
    catalog_visible BOOLEAN NOT NULL,
    settings_ms     BIGINT  NOT NULL, -- when Meta told the settings; 0 = never
    problem         TEXT    NOT NULL, -- of the last test, empty when it passed
    problem_text    TEXT    NOT NULL,
    tested_ms       BIGINT  NOT NULL,
    connected_ms    BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX listing_account_catalog ON listing_account (tenant_id, catalog_id);

-- listing_item is an item of a catalog: what it should be, what was sent, what Meta shows.
CREATE TABLE listing_item (
    tenant_id   TEXT    NOT NULL,
    catalog_id  TEXT    NOT NULL,
    retailer_id TEXT    NOT NULL,
    variant_id  TEXT    NOT NULL, -- empty for what only Meta knows
    product_id  TEXT    NOT NULL,
    wanted      TEXT    NOT NULL, -- listed | absent | foreign
    name        TEXT    NOT NULL,
    folded      TEXT    NOT NULL,
    image       TEXT    NOT NULL,
    touched     BIGINT  NOT NULL, -- counts changes, so that one during a push is not lost
    dirty_ms    BIGINT  NOT NULL, -- since when it waits to be compared; 0 = it does not
    sent_hash   TEXT    NOT NULL, -- of what was sent; empty = Meta is not known to have it
    sent_handle TEXT    NOT NULL, -- while Meta works on it
    sent_ms     BIGINT  NOT NULL,
    sent_price  TEXT    NOT NULL,
    sent_sale   TEXT    NOT NULL,
    tries       BIGINT  NOT NULL, -- sent again because Meta lost it
    problem     TEXT    NOT NULL, -- a reason why it was not sent or not taken
    problem_text TEXT   NOT NULL, -- Meta's words
    seen_ms     BIGINT  NOT NULL, -- 0 = Meta does not hold it
    seen        TEXT    NOT NULL, -- JSON, as Meta holds it
    look_ms     BIGINT  NOT NULL, -- when Meta is asked about it; 0 = with the next whole reading
    looks       BIGINT  NOT NULL,
    shown       BOOLEAN NOT NULL, -- a message may show it
    state       TEXT    NOT NULL, -- visible | waiting | problem | foreign
    reason      TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, catalog_id, retailer_id)
);
CREATE UNIQUE INDEX listing_item_variant ON listing_item (tenant_id, catalog_id, variant_id) WHERE variant_id <> '';
CREATE INDEX listing_item_dirty ON listing_item (tenant_id, catalog_id, dirty_ms, retailer_id) WHERE dirty_ms > 0;
CREATE INDEX listing_item_look ON listing_item (tenant_id, catalog_id, look_ms, retailer_id) WHERE look_ms > 0;
CREATE INDEX listing_item_handle ON listing_item (tenant_id, catalog_id, sent_handle) WHERE sent_handle <> '';
-- The state stands before the catalog, since this index would else look as good as the key for a single item to a planner without statistics.
CREATE INDEX listing_item_state ON listing_item (tenant_id, state, catalog_id, retailer_id);

-- listing_batch is what Meta works on.
CREATE TABLE listing_batch (
    tenant_id  TEXT   NOT NULL,
    catalog_id TEXT   NOT NULL,
    handle     TEXT   NOT NULL,
    items      BIGINT NOT NULL,
    sent_ms    BIGINT NOT NULL,
    polls      BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, catalog_id, handle)
);

-- listing_price is what a customer's telephone may still show.
CREATE TABLE listing_price (
    tenant_id   TEXT   NOT NULL,
    catalog_id  TEXT   NOT NULL,
    retailer_id TEXT   NOT NULL,
    price       BIGINT NOT NULL, -- minor units
    currency    TEXT   NOT NULL,
    from_ms     BIGINT NOT NULL,
    until_ms    BIGINT NOT NULL, -- 0 = still
    PRIMARY KEY (tenant_id, catalog_id, retailer_id, currency, price, from_ms)
);
CREATE INDEX listing_price_ended ON listing_price (until_ms) WHERE until_ms > 0;

-- listing_cursor is how far the events of the shop are known.
CREATE TABLE listing_cursor (
    name     TEXT   NOT NULL PRIMARY KEY,
    epoch    TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    lease    TEXT   NOT NULL,
    lease_ms BIGINT NOT NULL
);

-- +goose Down
DROP TABLE listing_cursor;
DROP TABLE listing_price;
DROP TABLE listing_batch;
DROP TABLE listing_item;
DROP TABLE listing_account;
DROP TABLE listing_catalog;
