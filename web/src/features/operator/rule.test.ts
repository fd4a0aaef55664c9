// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { CompanyMoney, Promotion } from "@/api/operator";
import { edition, integration, step, version } from "@/test/operator";
import { left, payable, refundsOf } from "./company-money";
import { sold } from "./contract";
import { couponDraft, couponOf, emptyCoupon } from "./coupon-draft";
import { couponState } from "./coupons";
import { flow } from "./dashboard";
import { contentOf, draftOf, emptyContent, slugOf } from "./plan-draft";
import { fieldOf, healthOf, shortMoment, troubled, vendorName } from "./states";
import { dayEnd, dayStart, dayText } from "./when";

const at = new Date(2026, 10, 23, 14, 2).getTime();

describe("integrations", () => {
  const open = { open: true, since_ms: 1, problem: "", probe_ms: 2, failures: 5, parked: 37 };

  it("say first what matters most", () => {
    expect(healthOf(integration())).toBe("fine");
    expect(healthOf(integration({ configured: false, circuit: open }))).toBe("off");
    expect(healthOf(integration({ trouble: "locked", circuit: open }))).toBe("locked");
    expect(healthOf(integration({ circuit: open }))).toBe("open");
    expect(healthOf(integration({ late: 1 }))).toBe("trouble");
    expect(healthOf(integration({ trouble: "throttled" }))).toBe("trouble");
  });

  it("that need somebody come with the gravest first; the others not at all", () => {
    const all = [integration({ name: "stripe", circuit: open }), integration({ name: "sendgrid" }), integration({ name: "zoho", trouble: "locked" }), integration({ name: "smtp", late: 2 })];
    expect(troubled(all).map((one) => one.name)).toEqual(["zoho", "stripe"]);
  });

  it("are called what people call them", () => {
    expect(vendorName("zoho")).toBe("Zoho CRM");
    expect(vendorName("payment")).toBe("");
  });
});

describe("the field to mend", () => {
  it.each([
    ["account", "tax_id", "tax_id"], ["account", "$.data[0].CNPJ", "tax_id"], ["contact", "Email", "email"], ["contact", "Mobile", "phone"], ["account", "Billing_Code", "zip"], ["account", "Billing_Street", "street"],
    ["account", "Billing_City", "city"], ["account", "state", "state"], ["account", "Billing_State", "state"], ["account", "", "name"], ["contact", "", "email"],
  ])("of %s with %s is %s", (name, field, wanted) => expect(fieldOf(step(name, { field }))).toBe(wanted));
});

describe("days", () => {
  it("begin and end at the browser's place", () => {
    expect(dayText(at)).toBe("2026-11-23");
    expect(new Date(dayStart("2026-11-23")).getHours()).toBe(0);
    expect(dayEnd("2026-11-23")).toBe(dayStart("2026-11-24") - 1);
    expect([dayText(0), dayStart(""), dayEnd("soon")]).toEqual(["", 0, 0]);
  });

  it("are left out of moments of the same day", () => {
    expect(shortMoment(at, at + 3_600_000, "pt-BR")).toBe("14:02");
    expect(shortMoment(at, at + 86_400_000, "pt-BR")).toContain("23");
  });
});

describe("money of a company", () => {
  it("is marked as paid by hand only where no vendor collects it", () => {
    expect(payable({ provider: "manual", state: "open" })).toBe(true);
    expect(payable({ provider: "stripe", state: "open" })).toBe(false);
    expect(payable({ provider: "manual", state: "paid" })).toBe(false);
  });

  it("can go back as far as it came and is still here", () => {
    expect(left({ state: "paid", paid_minor: 100, refunded_minor: 30 })).toBe(70);
    expect(left({ state: "open", paid_minor: 0, refunded_minor: 0 })).toBe(0);
    expect(left({ state: "paid", paid_minor: 100, refunded_minor: 120 })).toBe(0);
  });

  it("lists each refund once, newest first", () => {
    const wish = (id: string, kind: string, created_ms: number) => ({ id, kind, created_ms });
    const money = { history: [wish("a", "refund", 1), wish("b", "change", 2), wish("c", "refund", 3)], billing: { wishes: [wish("c", "refund", 3)] } } as unknown as CompanyMoney;
    expect(refundsOf(money).map((each) => each.id)).toEqual(["c", "a"]);
  });
});

describe("versions of a contract", () => {
  it("are those on sale, the company's line first", () => {
    const items = [edition([version({ id: "m" }), version({ id: "d", state: "draft" })]), edition([version({ id: "e", line: "enterprise" })], { id: "pln_2", line: "enterprise", position: 5 })];
    expect(sold(items, "enterprise", "pt-BR").map((each) => each.value)).toEqual(["e", "m"]);
    expect(sold(items, "massivo", "en")[0]?.label).toBe("Essential · v1");
  });
});

describe("a plan's draft", () => {
  it("is what was stored, and comes out as it went in", () => {
    const stored = version();
    const { content, wrong } = contentOf(draftOf(stored));
    expect(wrong).toEqual([]);
    expect(content).toEqual({
      name: stored.name, summary: stored.summary, features: stored.features, highlight: false, currency: "BRL", monthly: 14_900, annual: 149_000, trial_days: 14, trial_needs_payment: false,
      limits: { attendants: { count: 2, over: "block", overage_price: 0 }, conversations: { count: 500, over: "overage", overage_price: 25 } },
    });
  });

  it("says what in it can't be read", () => {
    const draft = draftOf(emptyContent);
    expect(contentOf(draft).wrong).toEqual(["name"]);
    draft.name.pt = "Novo";
    draft.monthly = "dez";
    draft.trialDays = "muitos";
    draft.limits.bots = { limited: true, count: "", over: "block", price: "" };
    draft.limits.messages = { limited: true, count: 10, over: "overage", price: "" };
    expect(contentOf(draft).wrong.sort()).toEqual(["limit.bots", "monthly", "price.messages", "trialDays"]);
  });

  it("bills an overage only of what is counted by the month, and drops empty lines", () => {
    const draft = draftOf({ ...emptyContent, name: { pt: "X", en: "" }, features: [{ pt: " ", en: "" }] });
    draft.limits.bots = { limited: true, count: 3, over: "overage", price: "1,00" };
    const { content, wrong } = contentOf(draft);
    expect(wrong).toEqual([]);
    expect(content.limits).toEqual({ bots: { count: 3, over: "block", overage_price: 0 } });
    expect(content.features).toEqual([]);
  });

  it("has a short name for addresses", () => {
    expect(slugOf("  Plano Básico à Vista! ")).toBe("plano-basico-a-vista");
    expect(slugOf("***")).toBe("");
    expect(slugOf("x".repeat(60))).toHaveLength(40);
  });
});

describe("a coupon", () => {
  const coupon: Promotion = { id: "pro_1", code: "VERAO", percent: 1_250, amount: 0, currency: "BRL", cycles: 3, from_ms: dayStart("2026-11-01"), to_ms: dayEnd("2026-11-30"), most: 10, used: 4, plans: [], active: true, created_ms: 1, version: 1 };

  it("comes out of the form as it went in", () => {
    const { body, wrong } = couponOf(couponDraft(coupon));
    expect(wrong).toEqual([]);
    expect(body).toEqual({ code: "VERAO", percent: 1_250, cycles: 3, from_ms: coupon.from_ms, to_ms: coupon.to_ms, most: 10, plans: [], active: true });
    expect(couponOf(couponDraft({ ...coupon, percent: 0, amount: 500 })).body).toMatchObject({ amount: 500, currency: "BRL" });
  });

  it("says what in it can't be read", () => {
    expect(couponOf(emptyCoupon).wrong).toEqual(["code"]);
    expect(couponOf({ ...emptyCoupon, code: "a b", kind: "amount", amount: "grátis", cycles: -1, most: 1.5, from: "2026-12-02", to: "2026-12-01" }).wrong).toEqual(["code", "amount", "cycles", "most", "to"]);
    expect(couponOf({ ...emptyCoupon, code: "TUDO", percent: 101 }).wrong).toEqual(["percent"]);
  });

  it("stands as its dates and uses say", () => {
    expect(couponState(coupon, dayStart("2026-11-10"))).toBe("on");
    expect(couponState(coupon, dayStart("2026-10-10"))).toBe("later");
    expect(couponState(coupon, dayStart("2026-12-10"))).toBe("over");
    expect(couponState({ ...coupon, used: 10 }, at)).toBe("empty");
    expect(couponState({ ...coupon, active: false }, at)).toBe("off");
  });
});

describe("the chart of journeys", () => {
  it("counts in the order of the way", () => expect(flow(["active", "draft", "active", "paid"])).toEqual([["draft", 1], ["paid", 1], ["active", 2]]));
});
