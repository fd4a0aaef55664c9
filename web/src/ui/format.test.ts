import { describe, expect, it } from "vitest";
import { dayLabel, daysApart, fileSize, hourMs, listTime, minuteMs, phoneText, playTime, relativeTime, spanText } from "./format";

const at = (text: string) => new Date(text).getTime();
const now = at("2026-11-22T15:30:00");

describe("relative times", () => {
  it.each([
    [now - 20_000, "agora"],
    [now - 5 * minuteMs, "há 5 min."],
    [now - 3 * hourMs, "há 3 h"],
    [at("2026-11-21T10:00:00"), "ontem"],
    [at("2026-10-01T10:00:00"), "01/10/2026"],
    [now + 2 * hourMs, "em 2 h"],
  ])("%i is %s", (ms, text) => expect(relativeTime(ms, now, "pt-BR")).toBe(text));

  it("says late last night in hours, not as a whole day", () => {
    expect(relativeTime(at("2026-11-22T23:30:00"), at("2026-11-23T01:30:00"), "en")).toBe("2 hr. ago");
  });
});

describe("times of lists and threads", () => {
  it("narrow down with nearness", () => {
    expect(listTime(at("2026-11-22T09:05:00"), now, "pt-BR")).toBe("09:05");
    expect(listTime(at("2026-11-21T09:05:00"), now, "pt-BR")).toBe("ontem");
    expect(listTime(at("2026-11-18T09:05:00"), now, "en")).toBe("Wed");
    expect(listTime(at("2026-01-18T09:05:00"), now, "pt-BR")).toBe("18/01/26");
  });

  it("name days", () => {
    expect(dayLabel(now, now, "pt-BR")).toBe("Hoje");
    expect(dayLabel(at("2026-11-21T23:59:00"), now, "en")).toBe("Yesterday");
    expect(dayLabel(at("2026-11-17T10:00:00"), now, "pt-BR")).toBe("Terça-feira");
    expect(dayLabel(at("2026-11-01T10:00:00"), now, "pt-BR")).toBe("1 de novembro de 2026");
  });

  it("count calendar days", () => {
    expect(daysApart(at("2026-11-21T23:59:00"), at("2026-11-22T00:01:00"))).toBe(1);
    expect(daysApart(at("2026-11-22T00:01:00"), at("2026-11-22T23:59:00"))).toBe(0);
  });
});

describe("spans, sizes and numbers", () => {
  it.each([
    [30_000, "1 min"],
    [59 * minuteMs, "59 min"],
    [90 * minuteMs, "1 h 30 min"],
    [24 * hourMs, "24 h"],
    [80 * hourMs, "3 d"],
  ])("%i ms is %s", (ms, text) => expect(spanText(ms)).toBe(text));

  it.each([
    [500, "500 B"],
    [182_000, "182 kB"],
    [1_550_000, "1,6 MB"],
  ])("%i bytes are %s", (bytes, text) => expect(fileSize(bytes, "pt-BR")).toBe(text));

  it("writes numbers as people read them", () => {
    expect(phoneText("5511987654321")).toBe("+55 11 98765-4321");
    expect(phoneText("551140001000")).toBe("+55 11 4000-1000");
    expect(phoneText("351912345678")).toBe("+351912345678");
    expect(phoneText("BR.15020012")).toBe("BR.15020012");
    expect(playTime(65.9)).toBe("1:05");
  });
});
