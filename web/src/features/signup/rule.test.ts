// @vitest-environment node
import { describe, expect, it } from "vitest";
import { emptyJourney, fullJourney, offers } from "@/test/signup";
import { shownProblem } from "./check";
import { waitSeconds } from "./code-sent";
import { fieldsOf, type Checkout, type Journey } from "./contract";
import { nextLook, phaseOf, shown } from "./phase";
import { featuresIn, featuresOf, freeStart, intervals, metersOf, monthOf, saving, savingPercent, waysFor } from "./price";
import { allowed, barred, fillable, firstOpen, stepOf } from "./step";

const [small, big] = offers;
if (small === undefined || big === undefined) throw new Error("the samples have two offers");

describe("prices", () => {
  it("tell what a year saves, and never more than is true", () => {
    expect(saving(small)).toBe(29800);
    expect(savingPercent(small)).toBe(16);
    expect(monthOf(small)).toBe(12417); // 12416.67, up
    expect(saving({ ...small, annual_minor: 14900 * 13 })).toBe(0);
    expect(savingPercent({ ...small, monthly_minor: 0 })).toBe(0);
  });
  it("know which billings are sold, and what a table needs", () => {
    expect(intervals(offers)).toEqual(["month", "year"]);
    expect(intervals([{ ...small, annual_minor: 0 }])).toEqual(["month"]);
    expect(metersOf(offers)).toEqual(["attendants", "channels", "bots", "conversations", "messages"]);
    expect(featuresOf(offers)).toEqual(["Catálogo", "Relatórios"]);
    const above = { ...big, features: ["Tudo do Essencial", "Relatórios"] };
    expect(featuresIn(above, [small, above])).toEqual(["Catálogo", "Relatórios"]);
    const round = { ...small, features: ["Tudo do Escala", "A"] };
    expect(featuresIn(round, [round, above])).toEqual(["Relatórios", "A"]);
    expect(waysFor(big, ["card", "pix"])).toEqual(["card", "pix"]);
    expect(waysFor({ ...big, trial_days: 7 }, ["card", "pix"])).toEqual(["card"]);
    expect(waysFor({ ...big, trial_days: 7 }, ["pix"])).toEqual(["pix"]);
    expect([freeStart(small), freeStart(big), freeStart({ ...small, trial_needs_payment: true })]).toEqual([true, false, false]);
  });
});

describe("steps", () => {
  it("open in order, and never past one that is not done", () => {
    expect(firstOpen(emptyJourney())).toBe("company");
    expect(allowed(emptyJourney(), "revisao")).toBe("company");
    expect(allowed(fullJourney(), null)).toBe("review");
    expect(allowed(fullJourney(), "endereco")).toBe("address");
    expect(allowed(fullJourney({ missing: ["email_proof", "terms"] }), "revisao")).toBe("email");
  });
  it("are barred by what is missing and what is wrong, not by warnings", () => {
    expect(barred(emptyJourney(), "company").map((each) => each.field)).toEqual(["name", "email", "phone", "tax_id", "legal_name"]);
    const journey = fullJourney({
      problems: [
        { field: "tax_id", code: "company_exists", message: "", warning: false },
        { field: "state_registration", code: "registration_doubtful", message: "", warning: true },
      ],
    });
    expect(barred(journey, "company")).toEqual([{ field: "tax_id", code: "company_exists" }]);
    expect(barred(journey, "address")).toEqual([]);
    expect(stepOf("something new")).toBe("review");
  });
  it("come back once a page of payment was opened only when they are asked for", () => {
    expect(fillable(fullJourney({ state: "checkout" }), null)).toBe(false);
    expect(fillable(fullJourney({ state: "checkout" }), "revisao")).toBe(true);
    expect(fillable(fullJourney({ state: "paid" }), "revisao")).toBe(false);
  });
});

describe("problems beside fields", () => {
  const show = (journey: Journey, field: string, change: Partial<ReturnType<typeof fieldsOf>> = {}, more: { left?: string[]; dirty?: boolean; attempted?: boolean } = {}) =>
    shownProblem(field, { values: { ...fieldsOf(journey), ...change }, journey, left: new Set(more.left ?? []), dirty: more.dirty ?? false, attempted: more.attempted ?? false });
  it("wait until the field was left or somebody wants to go on", () => {
    expect(show(emptyJourney(), "tax_id", { tax_id: "123" }).problem).toBe("");
    expect(show(emptyJourney(), "tax_id", { tax_id: "123" }, { left: ["tax_id"] }).problem).toBe("invalid_cnpj");
    expect(show(emptyJourney(), "tax_id", { tax_id: "123", kind: "person" }, { attempted: true }).problem).toBe("invalid_cpf");
    expect(show(emptyJourney(), "tax_id", { tax_id: "52998224725" }, { left: ["tax_id"] }).problem).toBe("cpf_given");
    expect(show(emptyJourney(), "name").problem).toBe("");
    expect(show(emptyJourney(), "name", {}, { attempted: true }).problem).toBe("missing");
  });
  it("are the server's word once it has the value, and silent before", () => {
    const journey = fullJourney({ problems: [{ field: "tax_id", code: "company_exists", message: "", warning: false }] });
    expect(show(journey, "tax_id").problem).toBe("company_exists");
    expect(show(journey, "tax_id", {}, { dirty: true }).problem).toBe("");
  });
});

describe("phases of waiting", () => {
  const checkout: Checkout = { provider: "stripe", url: "https://pay.example/1", state: "open", method: "", pix_code: "", boleto_line: "", boleto_url: "", due_ms: 0, expires_ms: 0, problem: "" };
  const at = (change: Partial<Journey>) => phaseOf(fullJourney({ state: "checkout", next: "payment", checkout, ...change }));
  const step = (name: "payment" | "bots", state: "done" | "trouble") => ({ name, state, at_ms: 0 });
  it.each<[string, Partial<Journey>]>([
    ["form", { state: "draft" }],
    ["opening", { checkout: { ...checkout, url: "", state: "asked" } }],
    ["slow", { checkout: { ...checkout, url: "", state: "asked", problem: "trouble" } }],
    ["refused", { checkout: { ...checkout, url: "", problem: "refused" } }],
    ["choosing", {}],
    ["pix", { state: "awaiting", checkout: { ...checkout, state: "pending", pix_code: "0002" } }],
    ["boleto", { state: "awaiting", checkout: { ...checkout, state: "pending", boleto_line: "3419" } }],
    ["processing", { state: "awaiting", checkout: { ...checkout, state: "pending" } }],
    ["declined", { checkout: { ...checkout, state: "failed", problem: "declined" } }],
    ["expired", { state: "expired" }],
    ["canceled", { state: "canceled", next: "plan" }],
    ["preparing", { state: "paid", next: "waiting" }],
    ["trouble", { state: "paid", next: "waiting", steps: [step("bots", "trouble")] }],
    ["ready", { state: "active", next: "activate", activation_ready: true }],
    ["done", { state: "active", next: "done" }],
  ])("%s", (want, change) => expect(at(change)).toBe(want));

  it("are looked at often while somebody waits, and not at all when nothing moves", () => {
    expect(nextLook("opening", 0)).toBeLessThan(1000);
    expect(nextLook("pix", 0)).toBeLessThan(nextLook("pix", 5 * 60_000) ?? 0);
    expect(["form", "declined", "refused", "expired", "canceled", "done"].map((phase) => nextLook(phase as "form", 0))).toEqual([null, null, null, null, null, null]);
  });
  it("show no payment where none was asked, and no catalog that nobody wished", () => {
    const steps = (["payment", "company", "bots", "catalog", "letter", "activation"] as const).map((name) => ({ name, state: "done" as const, at_ms: 0 }));
    expect(shown(fullJourney({ steps, version: small, sample_catalog: true })).map((each) => each.name)).toEqual(["company", "bots", "catalog", "letter"]);
    expect(shown(fullJourney({ steps })).map((each) => each.name)).toEqual(["payment", "company", "bots", "letter"]);
  });
});

it("another code may be asked for after a minute", () => {
  expect(waitSeconds(10_000, 10_000)).toBe(60);
  expect(waitSeconds(10_000, 69_100)).toBe(1);
  expect(waitSeconds(10_000, 70_000)).toBe(0);
  expect(waitSeconds(0, 99_999_999)).toBe(0);
});
