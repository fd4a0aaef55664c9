/** A small shop with products, orders and settings, for looking at its pages and trying them without a server. */
import type { PayAccount } from "@/api/pay-account";
import type { Cart, CartEntry, Collection, Coupon, Movement, Order, PaymentSetting, SaleSetting, Product, Variant, Zone } from "@/api/shop";

const minute = 60_000;

const variant = (product: string, fields: Partial<Variant>): Variant => ({
  id: `var_${product}`, product_id: `prd_${product}`, sku: product.toUpperCase(), options: [], barcode: "", currency: "BRL", price: 1000, sale_price: 0, sale_from_ms: 0, sale_to_ms: 0,
  weight_g: 0, max_per_order: 0, tracked: true, on_hand: 10, reserved: 0, archived: false, ...fields,
});

const product = (name: string, key: string, variants: Partial<Variant>[], fields: Partial<Product> = {}): Product => ({
  id: `prd_${key}`, handle: key, name, description: "", brand: "", category_id: "col_paes", state: "active", options: [], images: [], ncm: "", created_ms: 1, updated_ms: 1, version: 3,
  variants: variants.map((each, i) => variant(key, { id: `var_${key}_${i}`, sku: `${key.toUpperCase()}-${i + 1}`, ...each })),
  ...fields,
});

/** The shop as it opens; each test may begin anew. */
export function openShop(now = Date.now()) {
  const products: Product[] = [
    product("Pão de queijo", "pao", [{ price: 2490, sale_price: 1990, on_hand: 40 }]),
    product("Café em grãos", "cafe", [{ price: 4290, options: ["250 g"], on_hand: 3 }, { price: 14990, options: ["1 kg"], on_hand: 2, reserved: 2 }], { options: ["Peso"], category_id: "" }),
    product("Bolo sob encomenda", "bolo", [{ price: 123456, tracked: false }]),
    product("Torta", "torta", [{ price: 5000, on_hand: 0 }], { state: "draft" }),
  ];
  const collections: Collection[] = [
    { id: "col_paes", kind: "category", parent_id: "", name: "Pães", position: 0, created_ms: 1 },
    { id: "col_mais", kind: "list", parent_id: "", name: "Mais pedidos", position: 0, created_ms: 1 },
  ];
  const movements: Movement[] = [
    { id: "mov_2", variant_id: "var_pao_0", kind: "hold", on_hand_delta: 0, reserved_delta: 2, cause: "ord_1", reason: "", actor_kind: "customer", actor_id: "", at_ms: now - minute },
    { id: "mov_1", variant_id: "var_pao_0", kind: "receive", on_hand_delta: 42, reserved_delta: 0, cause: "mov_1", reason: "Nota 77", actor_kind: "user", actor_id: "usr_bia", at_ms: now - 9 * minute },
  ];
  const orders: Order[] = [
    {
      id: "ord_1", number: 101, contact_id: "con_1", conversation_id: "cnv_1", source: "bot", state: "awaiting_payment", payment_state: "unpaid", attention: "", currency: "BRL",
      lines: [{ variant_id: "var_pao_0", product_id: "prd_pao", sku: "PAO-1", name: "Pão de queijo", options: [], image: "", quantity: 2, returned: 0, list_price: 2490, price: 1990, discount: 0, total: 3980 }],
      subtotal: 3980, discount: 0, shipping: 900, total: 4880, granted: 0, paid: 0, refunded: 0, coupon_code: "", delivery: { zone_id: "zon_1", zone_name: "Motoboy", kind: "neighbourhood", neighbourhood: "Mooca" },
      payment: { provider: "pix_key", method: "pix" }, customer: { name: "Ana Souza", phone: "5511987654321" }, note: "", expires_ms: now + 50 * minute, created_ms: now - 5 * minute, updated_ms: now, version: 1,
      payments: [{ id: "pay_1", order_id: "ord_1", amount: 4880, choice: { provider: "pix_key", method: "pix" }, code: "000201pix", created_ms: now, currency: "BRL", expires_ms: now + 50 * minute, paid: 0, refunded: 0, state: "pending", updated_ms: now, verified: false, version: 1 }],
      refunds: [],
      events: [{ seq: 1, kind: "placed", from: "", to: "awaiting_payment", reason: "", facts: { total: "48.80" }, actor: { kind: "bot", name: "Aurora" }, at_ms: now - 5 * minute }],
    },
  ];
  const cart: Cart = {
    id: "crt_1", contact_id: "", currency: "BRL", coupon_code: "", delivery: {}, note: "", subtotal: 0, discount: 0, shipping: 0, total: 0, moved: false, short: false, updated_ms: now - minute, version: 3,
    lines: [
      { variant_id: "var_pao_0", product_id: "prd_pao", sku: "PAO-1", name: "Pão de queijo", options: [], image: "", quantity: 2, available: 40, list_price: 2490, price: 1990, told_price: 2490, discount: 0, total: 3980 },
      { variant_id: "var_cafe_0", product_id: "prd_cafe", sku: "CAFE-1", name: "Café em grãos", options: ["250 g"], image: "", quantity: 1, available: 3, list_price: 4290, price: 4290, told_price: 4290, discount: 0, total: 4290 },
    ],
  };
  const entries: CartEntry[] = [
    { version: 3, source: "attendant", action: "set", variant_id: "var_pao_0", quantity: 2, actor: { kind: "user", name: "Bia Ramos" }, at_ms: now - minute },
    { version: 2, source: "bot", action: "add", variant_id: "var_cafe_0", quantity: 1, actor: { kind: "bot", name: "Aurora" }, at_ms: now - 3 * minute },
  ];
  const priced = () => {
    cart.subtotal = cart.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
    for (const line of cart.lines) line.total = line.price * line.quantity;
    cart.discount = cart.coupon_code === "" ? 0 : 500;
    cart.total = cart.subtotal - cart.discount + cart.shipping;
    cart.moved = cart.lines.some((line) => line.told_price > 0 && line.told_price !== line.price);
    cart.short = cart.lines.some((line) => line.available < line.quantity);
    cart.version += 1;
    cart.updated_ms = Date.now();
    return structuredClone(cart);
  };
  priced();
  const zones: Zone[] = [{ id: "zon_1", kind: "neighbourhood", name: "Motoboy", cep_from: "", cep_to: "", neighbourhoods: ["Mooca"], price: 900, free_above: 15000, min_order: 0, promise: "até 40 min", position: 0, active: true, created_ms: 1 }];
  const coupons: Coupon[] = [];
  let account: PayAccount | null = null;
  let token = "";
  let setting: PaymentSetting = { pix_key: "", pix_name: "", pix_city: "", cash: true, card: false, expiry_minutes: 60, version: 1 };
  let selling: SaleSetting = { native_bill: true, honour_hours: 24, remind_minutes: 10, version: 1 };
  const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const saidMessage = (kind: string) => ({ id: `msg_${kind}`, conversation_id: "cnv_1", seq: 90_000, direction: "out", kind, content: { kind }, sender_kind: "user", sender_id: "", sender_name: "Bia", status: "queued", at_ms: now, created_ms: now, version: 1 });

  /** What the shop says; undefined for what is none of its. */
  function answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): { status: number; value?: unknown } | undefined {
    const [first, second, third] = path.split("/").slice(1).map(decodeURIComponent);
    const good = (value: unknown, status = 200) => ({ status, value });
    const bad = (status: number, code: string, reason = "") => ({ status, value: { title: code, status, detail: code, code, reason } });
    const step = (order: Order, kind: Order["events"] extends (infer E)[] | undefined ? (E extends { kind: infer K } ? K : never) : never, fields: Partial<Order>) => {
      const from = order.state;
      Object.assign(order, fields, { version: order.version + 1 });
      order.events?.push({ seq: order.events.length + 1, kind, from, to: order.state, reason: "", facts: {}, actor: { kind: "user", name: "Bia Ramos" }, at_ms: Date.now() });
      return good(order);
    };
    switch (first) {
      case "products": {
        if (second === "import") return good({ dialect: "prosa", dry_run: query.get("dry_run") === "true", rows: 3, created: 2, changed: 0, refused: 1, flaws: [{ row: 3, column: "price", message: "not a price, such as 49,90" }] });
        if (second === undefined && method === "GET") {
          const found = products.filter((each) => fold(each.name).includes(fold(query.get("q") ?? "")) && [each.state, null].includes(query.get("state") as Product["state"] | null) && [each.category_id, null].includes(query.get("category_id")));
          return good({ items: found });
        }
        if (method === "POST" && second === undefined) {
          const made = product(String(body.name), `new${products.length}`, body.variants as Partial<Variant>[], { options: (body.options as string[] | undefined) ?? [], version: 1 });
          products.unshift(made);
          return good(made, 201);
        }
        const found = products.find((each) => each.id === second);
        if (found === undefined) return bad(404, "not_found");
        if (third === "state") found.state = body.state as Product["state"];
        if (method === "PUT") {
          if (body.version !== found.version) return bad(409, "conflict");
          Object.assign(found, { name: body.name, version: found.version + 1, variants: (body.variants as Partial<Variant>[]).map((each, i) => variant(found.handle, { ...found.variants[i], ...each })) });
        }
        return good(found);
      }
      case "sales":
        if (method === "PUT") selling = { ...selling, ...(body as Partial<SaleSetting>), version: selling.version + 1 };
        return good(selling);
      case "collections":
        return method === "GET" ? good({ items: collections }) : good(collections[0], 201);
      case "variants": {
        if (third === "movements") return good({ items: movements.filter((each) => each.variant_id === second) });
        const found = products.flatMap((each) => each.variants).find((each) => each.id === second);
        if (found === undefined) return bad(404, "not_found");
        if (found.on_hand + Number(body.quantity) < found.reserved) return bad(409, "refused", "out_of_stock");
        found.on_hand += Number(body.quantity);
        movements.unshift({ id: `mov_${movements.length + 1}`, variant_id: found.id, kind: "adjust", on_hand_delta: Number(body.quantity), reserved_delta: 0, cause: "", reason: String(body.reason ?? ""), actor_kind: "user", actor_id: "", at_ms: Date.now() });
        return good({ variant_id: found.id, on_hand: found.on_hand, reserved: found.reserved });
      }
      case "orders": {
        if (second === undefined && method === "GET") return good({ items: orders.filter((each) => [each.state, null].includes(query.get("state") as Order["state"] | null) && [String(each.number), null].includes(query.get("number"))) });
        const found = orders.find((each) => each.id === (second ?? "ord_1"));
        if (found === undefined) return bad(404, "not_found");
        if (third === "bill") return good(saidMessage("bill"), 201);
        if (third !== undefined && body.version !== found.version) return bad(409, "conflict");
        if (third === "cancel") return step(found, "moved", { state: "canceled" });
        if (third === "move") return step(found, "moved", { state: body.to as Order["state"] });
        if (third === "refunds") return step(found, "refund_granted", { attention: "refund_due" });
        return good(found, second === undefined ? 201 : 200);
      }
      case "payments": {
        if (second === "choices") return good({ items: [{ provider: "pix_key", method: "pix" }, { provider: "on_delivery", method: "cash" }] });
        if (second === "setting") {
          if (method === "PUT") setting = { ...setting, ...(body as Partial<PaymentSetting>), version: setting.version + 1 };
          return good(setting);
        }
        if (second === "accounts") {
          if (method === "GET") return good({ items: account === null ? [] : [account] });
          if (method === "DELETE") account = null;
          else if (method === "PUT") {
            const { access_token, webhook_secret, ...shown } = body as Record<string, string>;
            const before = account ?? { provider: "mercadopago", webhook_url: "https://prosa.example.com/webhooks/mercadopago/abc", signed: false, created_ms: now, version: 0 };
            account = { ...before, ...shown, problem: "", tested_ms: 0, updated_ms: now, signed: before.signed || Boolean(webhook_secret), version: before.version + 1 } as PayAccount;
            token = access_token ?? token;
          } else if (account !== null) account = { ...account, tested_ms: now, problem: token.startsWith("APP_USR-") ? "" : "the token was refused" };
          return good(account ?? {});
        }
        const order = orders.find((each) => each.payments?.some((payment) => payment.id === second));
        const paid = order?.payments?.[0];
        if (order === undefined || paid === undefined) return bad(404, "not_found");
        Object.assign(paid, { state: "paid", paid: Number(body.amount) });
        step(order, "paid", { state: "confirmed", payment_state: "paid", paid: Number(body.amount) });
        return good(paid);
      }
      case "contacts": {
        const [, , , , part] = path.split("/");
        if (third !== "cart") return undefined;
        cart.contact_id = second ?? "";
        if (part === "entries") return good({ items: entries });
        if (method === "GET") return good(structuredClone(cart));
        if (method === "DELETE") cart.lines = [];
        if (part === "lines") {
          const known = cart.lines.find((line) => line.variant_id === body.variant_id);
          const quantity = body.add === undefined ? Number(body.set ?? 0) : (known?.quantity ?? 0) + Number(body.add);
          const owner = products.find((each) => each.variants.some((of) => of.id === body.variant_id));
          const of = owner?.variants.find((each) => each.id === body.variant_id);
          if (owner === undefined || of === undefined) return bad(404, "not_found");
          if (of.tracked && quantity > of.on_hand - of.reserved) return bad(409, "refused", "out_of_stock");
          if (known === undefined) cart.lines.push({ variant_id: of.id, product_id: owner.id, sku: of.sku, name: owner.name, options: of.options, image: "", quantity, available: 99, list_price: of.price, price: of.price, told_price: of.price, discount: 0, total: 0 });
          else if (quantity === 0) cart.lines = cart.lines.filter((line) => line !== known);
          else known.quantity = quantity;
        }
        if (part === "coupon") {
          if (!["", "AURORA5"].includes(String(body.code).toUpperCase())) return bad(409, "refused", "coupon_unknown");
          cart.coupon_code = String(body.code).toUpperCase();
        }
        if (part === "delivery") {
          const zone = zones.find((each) => each.id === (body.delivery as { zone_id?: string }).zone_id) ?? zones[0];
          cart.delivery = { ...(body.delivery as object), zone_name: zone?.name ?? "", kind: zone?.kind ?? "" };
          cart.shipping = zone?.price ?? 0;
          cart.note = String(body.note ?? "");
        }
        return good(priced());
      }
      case "goods":
        return good({
          items: (query.get("id") ?? "").split(",").flatMap((id) => {
            const owner = products.find((each) => each.variants.some((of) => of.id === id));
            const of = owner?.variants.find((each) => each.id === id);
            return owner === undefined || of === undefined ? [] : [{ retailer_id: id, variant_id: id, product_id: owner.id, name: owner.name, options: of.options, sku: of.sku }];
          }),
        });
      case "delivery":
        if (second === "quotes") return good({ items: zones.map((zone) => ({ zone, price: zone.price })) });
        if (method === "POST") zones.push({ ...(body as unknown as Zone), id: `zon_${zones.length + 1}`, created_ms: 1 });
        return good(method === "GET" ? { items: zones } : zones.at(-1));
      case "coupons":
        if (method === "POST") coupons.unshift({ ...(body as unknown as Coupon), id: `cpn_${coupons.length + 1}`, used: 0, created_ms: 1, version: 1 });
        return good(method === "GET" ? { items: coupons } : coupons[0]);
      case "conversations":
        return third === "products" ? good(saidMessage("products"), 201) : undefined;
      default:
        return undefined;
    }
  }
  return { products, orders, cart, zones, coupons, movements, answer };
}
