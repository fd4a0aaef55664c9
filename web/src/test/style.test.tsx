import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { looked } from "./style";

const asked = ["display", "visibility", "pointer-events", "position", "overflow", "opacity", "box-sizing", "padding-left", "margin-block", "width", "font-size", "line-height", "white-space", "transform", "content", "color", "background-color", "--gap"];

const page = `
  <h1>Title</h1> <p style="visibility: hidden">no <b>one</b> <i style="visibility: visible">sees</i> <u style="visibility: inherit">this</u></p>
  <div hidden>gone <span>too</span></div> <div style="display: flex; --gap: 3px; color: red; opacity: 0.5"><a href="/x">link</a><a>none</a></div>
  <form style="pointer-events: none"><input type="hidden" style="display: block"> <input type="checkbox"> <input> <button style="pointer-events: auto; overflow: hidden">do</button> <textarea style="padding-left: 4px"></textarea> <select><option>1</option></select></form>
  <ul><li>one</li></ul> <table><thead hidden><tr><th>h</th></tr></thead><tbody><tr hidden><td>a</td></tr><tr><td>b</td></tr></tbody></table>
  <details><summary>more</summary><summary>second</summary><p>text</p></details> <dialog>closed</dialog> <dialog open>open</dialog> <svg><g><path d="M0 0"></path></g></svg> <section style="visibility: collapse"><em>x</em></section>`;

/** jsdom's own look: that of a window which nobody changed. */
function jsdoms(): typeof window.getComputedStyle {
  const frame = document.body.appendChild(document.createElement("iframe"));
  return (frame.contentWindow as Window & typeof globalThis).getComputedStyle;
}

function differences(): string[] {
  const theirs = jsdoms();
  return [...document.querySelectorAll("*")].flatMap((element) => {
    const [ours, own] = [window.getComputedStyle(element), theirs(element)];
    return asked.filter((name) => ours.getPropertyValue(name) !== own.getPropertyValue(name)).map((name) => `${element.outerHTML.slice(0, 60)} ${name}: ${ours.getPropertyValue(name)}, jsdom ${own.getPropertyValue(name)}`);
  });
}

describe("the quick look at an element", () => {
  afterEach(() => {
    document.head.innerHTML = "";
    document.body.innerHTML = "";
  });

  it("says of every element what jsdom says", () => {
    document.body.innerHTML = page;
    expect(document.querySelectorAll("*").length).toBeGreaterThan(40);
    expect(differences()).toEqual([]);
  });

  it("sees at once what changed", () => {
    document.body.innerHTML = "<div><p>text</p></div>";
    const [outer, inner] = [document.querySelector("div") as HTMLElement, document.querySelector("p") as HTMLElement];
    expect(window.getComputedStyle(inner).visibility).toBe("visible");
    outer.style.visibility = "hidden";
    expect(window.getComputedStyle(inner).visibility).toBe("hidden");
    inner.hidden = true;
    expect(window.getComputedStyle(inner).display).toBe("none");
    inner.hidden = false;
    expect(window.getComputedStyle(inner).display).toBe("block");
  });

  it("heeds the sheets of the page, also what is put into them later", () => {
    document.body.innerHTML = page;
    const sheet = document.head.appendChild(document.createElement("style"));
    sheet.textContent = "li { display: none } @media screen { form { visibility: hidden } }";
    expect(window.getComputedStyle(document.querySelector("li") as Element).display).toBe("none");
    expect(window.getComputedStyle(document.querySelector("button") as Element).visibility).toBe("hidden");
    expect(differences()).toEqual([]);
    sheet.sheet?.insertRule("h1 { display: none }", 1);
    document.body.title = "jsdom looks again after a change of the page, not of a sheet";
    expect(window.getComputedStyle(document.querySelector("h1") as Element).display).toBe("none");
    expect(differences()).toEqual([]);
  });

  it("knows each attribute that the browser's sheet looks at", () => {
    const library = createRequire(import.meta.url).resolve("jsdom");
    const sheet = readFileSync(join(library, "../jsdom/browser/default-stylesheet.css"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const names = new Set([...sheet.matchAll(/\[([a-z-]+)/g)].map((found) => found[1] ?? ""));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !looked.includes(name))).toEqual([]);
  });
});
