import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { startI18n } from "@/i18n";
import { initials } from "./avatar";
import { pretty } from "./json-view";
import { keyCaps, keyOf, typing } from "./keys";
import { RichText } from "./rich-text";
import { Ticks, type Tick } from "./ticks";

describe("Ticks", () => {
  const words: [Tick, string][] = [
    ["waiting", "Aguardando envio"],
    ["queued", "Na fila de envio"],
    ["sent", "Enviada"],
    ["delivered", "Entregue"],
    ["read", "Lida"],
    ["failed", "Não enviada"],
    ["unknown", "Envio não confirmado"],
  ];
  it.each(words)("%s is said as %s, not only coloured", async (status, word) => {
    await startI18n("pt-BR");
    render(
      <MantineProvider env="test">
        <Ticks status={status} />
      </MantineProvider>,
    );
    expect(screen.getByRole("img", { name: word })).toBeTruthy();
  });

  it("names the reason of a failure", async () => {
    await startI18n("en");
    render(
      <MantineProvider env="test">
        <Ticks status="failed" detail="number unknown" />
      </MantineProvider>,
    );
    expect(screen.getByRole("img", { name: "Not sent · number unknown" })).toBeTruthy();
  });
});

describe("RichText", () => {
  const html = (text: string, style: "whatsapp" | "plain" = "whatsapp", entities?: Parameters<typeof RichText>[0]["entities"]) => render(<RichText text={text} style={style} entities={entities} />).container.innerHTML;

  it("reads WhatsApp's marks at the edges of words only", () => {
    expect(html("oi *Ana*!")).toBe("oi <strong>Ana</strong>!");
    expect(html("_sim_ e ~não~")).toBe("<em>sim</em> e <s>não</s>");
    expect(html("2*3*4")).toBe("2*3*4");
    expect(html("* não *")).toBe("* não *");
    expect(html("*oi*", "plain")).toBe("*oi*");
  });

  it("never lets markup or a script address through", () => {
    expect(html("<img src=x onerror=alert(1)>")).toBe("&lt;img src=x onerror=alert(1)&gt;");
    expect(html("javascript:alert(1)")).toBe("javascript:alert(1)");
    expect(html("veja", "plain", [{ type: "text_link", offset: 0, length: 4, url: "javascript:alert(1)" }])).toBe("veja");
  });

  it("links addresses without the full stop behind them", () => {
    expect(html("veja https://a.example/b.")).toContain('<a href="https://a.example/b"');
  });

  it("applies Telegram's entities by UTF-16 units", () => {
    expect(html("👍 oi", "plain", [{ type: "bold", offset: 3, length: 2 }])).toBe("👍 <strong>oi</strong>");
    expect(html("oi", "plain", [{ type: "bold", offset: 1, length: 9 }])).toBe("oi");
  });
});

describe("keys", () => {
  const press = (key: string, fields = {}) => keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...fields });
  it("names presses as commands do", () => {
    expect(press("k", { ctrlKey: true })).toBe("mod+k");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("B", { shiftKey: true })).toBe("shift+b");
    expect(press("Escape")).toBe("escape");
    expect(press("Shift", { shiftKey: true })).toBe("");
    expect(keyCaps("g i")).toEqual(["G", "›", "I"]);
  });

  it("knows when somebody is writing", () => {
    const field = document.createElement("textarea");
    const box = Object.assign(document.createElement("input"), { type: "checkbox" });
    expect([typing(field), typing(box), typing(document.body)]).toEqual([true, false, false]);
  });
});

describe("small things", () => {
  it.each([
    ["Ana Souza", "AS"],
    ["zé", "Z"],
    ["  ", "·"],
    ["👩‍🍳 Cida Prado Lima", "👩L"],
  ])("%s has the initials %s", (name, letters) => expect(initials(name)).toBe(letters));

  it("indents JSON and leaves other text alone", () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty("a=1&b=2")).toBe("a=1&b=2");
  });
});
