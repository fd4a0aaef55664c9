-- +goose Up
-- cart: a customer has one that is open, whoever fills it.
CREATE TABLE cart (
    tenant_id   TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    contact_id  TEXT   NOT NULL,
    state       TEXT   NOT NULL, -- open | submitted | merged
    order_id    TEXT   NOT NULL, -- what it became
    coupon_code TEXT   NOT NULL,
    delivery    TEXT   NOT NULL, -- JSON, empty while nothing was chosen
    note        TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX cart_open ON cart (tenant_id, contact_id) WHERE state = 'open';

CREATE TABLE cart_line (
    tenant_id  TEXT   NOT NULL,
    cart_id    TEXT   NOT NULL,
    variant_id TEXT   NOT NULL,
    quantity   BIGINT NOT NULL,
    told_price BIGINT NOT NULL, -- what the customer was told last that a piece costs
    added_ms   BIGINT NOT NULL,
    -- a lower price that the company had really shown to who sent the cart, and until when it counts; 0 = none
    honoured_price BIGINT NOT NULL DEFAULT 0,
    honoured_ms    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, cart_id, variant_id)
);

-- cart_receipt is a cart that a customer sent from a channel's own catalog: what became of it, once a message.
CREATE TABLE cart_receipt (
    tenant_id TEXT   NOT NULL,
    key       TEXT   NOT NULL, -- names the message
    cart_id   TEXT   NOT NULL,
    outcome   TEXT   NOT NULL, -- JSON
    at_ms     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key)
);

-- cart_entry is who did what to a cart, to be shown beside the conversation.
CREATE TABLE cart_entry (
    tenant_id  TEXT   NOT NULL,
    cart_id    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    source     TEXT   NOT NULL, -- bot | whatsapp | web | attendant
    action     TEXT   NOT NULL, -- add | set | coupon | delivery | merge | clear | receive
    variant_id TEXT   NOT NULL,
    quantity   BIGINT NOT NULL,
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, cart_id, version)
);

CREATE TABLE coupon (
    tenant_id     TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    code          TEXT    NOT NULL, -- upper case
    kind          TEXT    NOT NULL, -- percent | fixed | free_shipping
    value         BIGINT  NOT NULL CHECK (value >= 0), -- basis points, or minor units
    min_subtotal  BIGINT  NOT NULL,
    first_order   BOOLEAN NOT NULL,
    total_limit   BIGINT  NOT NULL, -- 0 = none
    contact_limit BIGINT  NOT NULL, -- 0 = none
    used          BIGINT  NOT NULL CHECK (used >= 0),
    from_ms       BIGINT  NOT NULL,
    to_ms         BIGINT  NOT NULL, -- 0 = for ever
    active        BOOLEAN NOT NULL,
    created_ms    BIGINT  NOT NULL,
    version       BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX coupon_by_code ON coupon (tenant_id, code);

-- coupon_use is an order that holds a use of a coupon; it goes when the order ends without being paid.
CREATE TABLE coupon_use (
    tenant_id  TEXT   NOT NULL,
    coupon_id  TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    contact_id TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, coupon_id, order_id)
);
CREATE INDEX coupon_use_by_contact ON coupon_use (tenant_id, coupon_id, contact_id);

-- delivery_zone is a way in which goods reach customers, with its price.
CREATE TABLE delivery_zone (
    tenant_id      TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    kind           TEXT    NOT NULL, -- pickup | cep | neighbourhood | flat
    name           TEXT    NOT NULL,
    cep_from       TEXT    NOT NULL,
    cep_to         TEXT    NOT NULL,
    neighbourhoods TEXT    NOT NULL, -- JSON array of names
    price          BIGINT  NOT NULL CHECK (price >= 0),
    free_above     BIGINT  NOT NULL, -- 0 = never free
    min_order      BIGINT  NOT NULL,
    promise        TEXT    NOT NULL, -- "até 40 min"
    position       BIGINT  NOT NULL,
    active         BOOLEAN NOT NULL,
    created_ms     BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- delivery_book says which state the company's zones are in, so that processes may remember them.
CREATE TABLE delivery_book (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    version   TEXT NOT NULL -- another one after each change
);

CREATE TABLE order_counter (
    tenant_id TEXT   NOT NULL PRIMARY KEY,
    last      BIGINT NOT NULL
);

CREATE TABLE shop_order (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    number          BIGINT  NOT NULL, -- of the company's own count
    contact_id      TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    cart_id         TEXT    NOT NULL,
    key             TEXT    NOT NULL, -- of the request that placed it
    request_hash    TEXT    NOT NULL,
    source          TEXT    NOT NULL, -- bot | whatsapp | web | attendant
    state           TEXT    NOT NULL, -- awaiting_payment | confirmed | preparing | ready | out_for_delivery | shipped | delivered | completed | expired | canceled
    stock           TEXT    NOT NULL, -- held | sold | free
    currency        TEXT    NOT NULL,
    subtotal        BIGINT  NOT NULL,
    discount        BIGINT  NOT NULL,
    shipping        BIGINT  NOT NULL,
    total           BIGINT  NOT NULL CHECK (total >= 0),
    granted         BIGINT  NOT NULL CHECK (granted >= 0), -- given back though the order lives
    paid            BIGINT  NOT NULL,
    refunded        BIGINT  NOT NULL,
    revivable       BOOLEAN NOT NULL, -- a late payment brings it back
    coupon_id       TEXT    NOT NULL,
    coupon          TEXT    NOT NULL, -- JSON of its terms on that day, empty for none
    delivery        TEXT    NOT NULL, -- JSON
    payment         TEXT    NOT NULL, -- JSON choice
    customer        TEXT    NOT NULL, -- JSON
    note            TEXT    NOT NULL,
    expires_ms      BIGINT  NOT NULL, -- of awaiting_payment; 0 else
    created_ms      BIGINT  NOT NULL,
    updated_ms      BIGINT  NOT NULL,
    version         BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (total = subtotal - discount + shipping)
);
CREATE UNIQUE INDEX shop_order_by_key ON shop_order (tenant_id, key);
CREATE UNIQUE INDEX shop_order_by_number ON shop_order (tenant_id, number);
CREATE INDEX shop_order_by_contact ON shop_order (tenant_id, contact_id, id);
CREATE INDEX shop_order_to_expire ON shop_order (expires_ms) WHERE expires_ms > 0;

-- order_line is frozen: later changes of the catalog never change an order.
CREATE TABLE order_line (
    tenant_id  TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    variant_id TEXT   NOT NULL,
    position   BIGINT NOT NULL,
    product_id TEXT   NOT NULL,
    sku        TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    options    TEXT   NOT NULL, -- JSON array
    image      TEXT   NOT NULL, -- address or hash
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    returned   BIGINT NOT NULL CHECK (returned >= 0 AND returned <= quantity),
    list_price BIGINT NOT NULL,
    price      BIGINT NOT NULL,
    discount   BIGINT NOT NULL,
    total      BIGINT NOT NULL CHECK (total >= 0), -- price * quantity - discount
    PRIMARY KEY (tenant_id, order_id, variant_id)
);

-- order_event is only added to.
CREATE TABLE order_event (
    tenant_id  TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    kind       TEXT   NOT NULL, -- placed | moved | paid | edited | refund_granted | noted
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    facts      TEXT   NOT NULL, -- JSON object of texts
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, order_id, seq)
);

-- +goose Down
DROP TABLE order_event;
DROP TABLE order_line;
DROP TABLE shop_order;
DROP TABLE order_counter;
DROP TABLE delivery_book;
DROP TABLE delivery_zone;
DROP TABLE coupon_use;
DROP TABLE coupon;
DROP TABLE cart_entry;
DROP TABLE cart_receipt;
DROP TABLE cart_line;
DROP TABLE cart;
