/** The shop: products, their stock, orders, payments, delivery, coupons. Money is in minor units; times end in _ms, 0 is never. */
import { client, take } from "./client";
import type { components, operations } from "./schema";
import type { Message, Page } from "./types";

type Schemas = components["schemas"];

const { GET, POST, PUT, DELETE } = client;

export type Product = Schemas["ShopProduct"];
export type ProductState = Product["state"];
export type Variant = Schemas["ProductVariant"];
export type ProductBody = Schemas["ProductBody"];
export type VariantBody = Schemas["VariantBody"];
export type Collection = Schemas["ProductCollection"];
export type CollectionBody = Schemas["CollectionBody"];
export type Picture = Schemas["PictureOutputBody"];
export type Level = Schemas["ProductLevel"];
export type Movement = Schemas["ProductMovement"];
/** What became, or would become, of a file of products. */
export type ImportReport = Schemas["ProductReport"];

export type Order = Schemas["ShopOrder"];
export type OrderState = Order["state"];
export type OrderLine = Schemas["OrderLine"];
export type OrderEvent = Schemas["OrderEvent"];
/** The steps that a person may take an order; paying, expiring and canceling have their own ways. */
export type OrderStep = Schemas["MoveOrderInputBody"]["to"];
export type OrderWish = Schemas["PlaceOrderInputBody"];
export type Payment = Schemas["ShopPayment"];
export type PaymentChoice = Schemas["PaymentChoice"];
export type PaymentSetting = Schemas["PaymentSetting"];
export type PaymentSettingBody = Schemas["PaymentSettingInputBody"];
export type SaleSetting = Schemas["Setting"];
export type SaleSettingBody = Schemas["SaleSettingInputBody"];
export type Refund = Schemas["PaymentRefund"];
export type Zone = Schemas["OrderZone"];
export type ZoneBody = Schemas["ZoneBody"];
export type Quote = Schemas["OrderQuote"];
export type Coupon = Schemas["OrderCoupon"];
export type CouponBody = Schemas["CouponBody"];

export type Cart = Schemas["OrderCart"];
export type CartLine = Schemas["OrderCartLine"];
/** Who did what to a cart. */
export type CartEntry = Schemas["OrderEntry"];
export type Delivery = Schemas["OrderDelivery"];
/** What stands behind the id that a channel's catalog has for a thing. */
export type Goods = Schemas["ProductGoods"];

/** What an attendant shows to a customer: these goods, a collection, or the way into the catalog. */
export type Offering = Schemas["ShowProductsInputBody"];

export type ProductSearch = NonNullable<operations["list-products"]["parameters"]["query"]>;
export type OrderSearch = NonNullable<operations["list-orders"]["parameters"]["query"]>;

/** Where the catalog can be had as a file, by the browser's own download. */
export const exportUrl = "/api/v1/products/export";

/** Drops what is empty: an absent parameter and an empty one mean the same to people, not to the contract. */
function filled<Q extends object>(query: Q): Q {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined)) as Q;
}

/** The contract calls the part a text; what travels is the file itself. */
function asForm(file: File) {
  return {
    body: { file: file as unknown as string },
    bodySerializer: () => {
      const form = new FormData();
      form.set("file", file);
      return form;
    },
  };
}

const ofContact = (contact: string) => ({ params: { path: { contact } } });
const ofOrder = (order: string) => ({ params: { path: { order } } });

export const shop = {
  products: {
    list: (query: ProductSearch) => take<Page<Product>>(GET("/products", { params: { query: filled(query) } })),
    get: (product: string) => take<Product>(GET("/products/{product}", { params: { path: { product } } })),
    create: (body: ProductBody) => take<Product>(POST("/products", { body })),
    /** Whole: variants that are left out are archived. */
    change: (product: string, body: ProductBody) => take<Product>(PUT("/products/{product}", { params: { path: { product } }, body })),
    state: (product: string, state: ProductState) => take<Product>(POST("/products/{product}/state", { params: { path: { product } }, body: { state } })),
    upload: (file: File) => take<Picture>(POST("/products/pictures", asForm(file))),
    import: (file: File, dry_run: boolean) => take<ImportReport>(POST("/products/import", { ...asForm(file), params: { query: { dry_run } } })),
  },
  collections: {
    list: () => take<{ items: Collection[] }>(GET("/collections")),
    create: (body: CollectionBody) => take<Collection>(POST("/collections", { body })),
    change: (collection: string, body: CollectionBody) => take<Collection>(PUT("/collections/{collection}", { params: { path: { collection } }, body })),
    remove: (collection: string) => take<undefined>(DELETE("/collections/{collection}", { params: { path: { collection } } })),
    /** These products, in this order, and no others. */
    fill: (collection: string, products: string[]) => take<undefined>(PUT("/collections/{collection}/products", { params: { path: { collection } }, body: { products } })),
  },
  stock: {
    move: (variant: string, quantity: number, reason: string) => take<Level>(POST("/variants/{variant}/stock", { params: { path: { variant } }, body: { quantity, reason } })),
    movements: (variant: string, cursor?: string) =>
      take<Page<Movement>>(GET("/variants/{variant}/movements", { params: { path: { variant }, query: cursor ? { cursor } : {} } })),
  },
  orders: {
    list: (query: OrderSearch) => take<Page<Order>>(GET("/orders", { params: { query: filled(query) } })),
    get: (order: string) => take<Order>(GET("/orders/{order}", ofOrder(order))),
    /** The same key gives the same order. */
    place: (key: string, body: OrderWish) => take<Order>(POST("/orders", { params: { header: { "Idempotency-Key": key } }, body })),
    move: (order: string, body: { to: OrderStep; version: number }) => take<Order>(POST("/orders/{order}/move", { ...ofOrder(order), body })),
    cancel: (order: string, body: { reason?: string; keep_out?: boolean; version: number }) => take<Order>(POST("/orders/{order}/cancel", { ...ofOrder(order), body })),
    edit: (order: string, body: Schemas["EditOrderInputBody"]) => take<Order>(PUT("/orders/{order}/lines", { ...ofOrder(order), body })),
    /** Asks for the payment again, in the order's conversation. The same key says it once. */
    bill: (key: string, order: string) => take<Message>(POST("/orders/{order}/bill", { params: { path: { order }, header: { "Idempotency-Key": key } } })),
    giveBack: (order: string, body: Schemas["GiveBackInputBody"]) => take<Order>(POST("/orders/{order}/refunds", { ...ofOrder(order), body })),
  },
  /** A customer's open cart, which bot, phone, web and attendants edit together. */
  cart: {
    get: (contact: string) => take<Cart>(GET("/contacts/{contact}/cart", ofContact(contact))),
    entries: (contact: string) => take<{ items: CartEntry[] }>(GET("/contacts/{contact}/cart/entries", ofContact(contact))),
    add: (contact: string, variant_id: string, add: number) => take<Cart>(POST("/contacts/{contact}/cart/lines", { ...ofContact(contact), body: { variant_id, add } })),
    /** 0 takes the line out. */
    set: (contact: string, variant_id: string, set: number) => take<Cart>(POST("/contacts/{contact}/cart/lines", { ...ofContact(contact), body: { variant_id, set } })),
    coupon: (contact: string, code: string) => take<Cart>(PUT("/contacts/{contact}/cart/coupon", { ...ofContact(contact), body: { code } })),
    delivery: (contact: string, delivery: Delivery, note: string) => take<Cart>(PUT("/contacts/{contact}/cart/delivery", { ...ofContact(contact), body: { delivery, ...(note === "" ? {} : { note }) } })),
    clear: (contact: string) => take<Cart>(DELETE("/contacts/{contact}/cart", ofContact(contact))),
  },
  /** Shows goods, a collection or the catalog to the customer of a conversation. The same key says it once. */
  offer: (conversation: string, key: string, body: Offering) => take<Message>(POST("/conversations/{conversation}/products", { params: { path: { conversation }, header: { "Idempotency-Key": key } }, body })),
  goods: (catalog_id: string, id: string[]) =>
    take<{ items: Goods[] }>(GET("/goods", { params: { query: { id, ...(catalog_id === "" ? {} : { catalog_id }) } }, querySerializer: { array: { style: "form", explode: false } } })),
  payments: {
    setting: () => take<PaymentSetting>(GET("/payments/setting")),
    saveSetting: (body: PaymentSettingBody) => take<PaymentSetting>(PUT("/payments/setting", { body })),
    choices: () => take<{ items: PaymentChoice[] }>(GET("/payments/choices")),
    /** Money that a person saw come. The same key counts once. */
    confirm: (key: string, payment: string, body: { amount: number; note?: string }) =>
      take<Payment>(POST("/payments/{payment}/confirm", { params: { path: { payment }, header: { "Idempotency-Key": key } }, body })),
    /** Asks the payment's vendor now. */
    refresh: (payment: string) => take<Payment>(POST("/payments/{payment}/refresh", { params: { path: { payment } } })),
    confirmRefund: (refund: string, note: string) => take<Payment>(POST("/refunds/{refund}/confirm", { params: { path: { refund } }, body: { note } })),
  },
  /** How bills, reminders and prices go in conversations. */
  sales: {
    setting: () => take<SaleSetting>(GET("/sales/setting")),
    saveSetting: (body: SaleSettingBody) => take<SaleSetting>(PUT("/sales/setting", { body })),
  },
  delivery: {
    zones: () => take<{ items: Zone[] }>(GET("/delivery/zones")),
    createZone: (body: ZoneBody) => take<Zone>(POST("/delivery/zones", { body })),
    changeZone: (zone: string, body: ZoneBody) => take<Zone>(PUT("/delivery/zones/{zone}", { params: { path: { zone } }, body })),
    removeZone: (zone: string) => take<undefined>(DELETE("/delivery/zones/{zone}", { params: { path: { zone } } })),
    quotes: (query: { cep?: string; neighbourhood?: string; subtotal: number }) => take<{ items: Quote[] }>(GET("/delivery/quotes", { params: { query: filled(query) } })),
  },
  coupons: {
    list: (cursor?: string) => take<Page<Coupon>>(GET("/coupons", { params: { query: cursor ? { cursor } : {} } })),
    create: (body: CouponBody) => take<Coupon>(POST("/coupons", { body })),
    change: (coupon: string, body: CouponBody) => take<Coupon>(PUT("/coupons/{coupon}", { params: { path: { coupon } }, body })),
  },
};

/** What a variant costs at a moment; the server decides anew when it is ordered. */
export function priceAt(variant: Pick<Variant, "price" | "sale_price" | "sale_from_ms" | "sale_to_ms">, now: number): number {
  const sale = variant.sale_price > 0 && now >= variant.sale_from_ms && (variant.sale_to_ms === 0 || now < variant.sale_to_ms);
  return sale ? Math.min(variant.sale_price, variant.price) : variant.price;
}

/** Pieces that nobody was promised; null for what never runs out. */
export function freeStock(variant: Pick<Variant, "tracked" | "on_hand" | "reserved">): number | null {
  return variant.tracked ? Math.max(0, variant.on_hand - variant.reserved) : null;
}

/** The picture of a cart's or order's line, whose image is an address or the hash of an upload. */
export function linePicture(image: string, company: string): string {
  return /^https?:/.test(image) ? pictureUrl({ url: image }, company) : pictureUrl({ blob: image }, company);
}

/** Where an uploaded picture is, public by company and hash. Empty for one at a foreign address: our pages load nothing from elsewhere. */
export function pictureUrl(image: Schemas["ProductImage"] | undefined, company: string): string {
  if (image?.blob === undefined || image.blob === "") return "";
  return `/api/v1/public/images/${encodeURIComponent(company)}/${encodeURIComponent(image.blob)}`;
}
