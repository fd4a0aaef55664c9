/**
 * What jsdom's getComputedStyle says, without asking every rule of the browser's own sheet again for every element at every
 * look: that was two fifths of the time of all tests. What an element gets from that sheet hangs on its shape and its
 * parent's, so jsdom is asked once a shape; what is written on the element and what it inherits is read anew each time.
 * An element that a sheet of the page speaks of, and what is asked seldom, is left to jsdom.
 */

type Look = (element: Element, pseudo?: string | null) => CSSStyleDeclaration;

/** What the rules of the browser's sheet look at, besides names, states and where an element stands. */
export const looked = ["align", "dir", "frame", "hidden", "href", "open", "popover", "rules", "sizes", "title", "type"];

/** The inherited ones that jsdom resolves, and what they begin with. */
const inherited = new Map([
  ["visibility", "visible"],
  ["pointer-events", "auto"],
]);

const keyword = /^(inherit|initial|unset|revert|revert-layer)$/;

/** What a declaration has besides properties. */
const apart = new Set(["constructor", "cssText", "cssFloat", "getPropertyPriority", "item", "length", "parentRule", "removeProperty", "setProperty"]);

const kebab = (name: string) => (name.includes("-") ? name : name.replace(/^webkit/, "-webkit").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

const shapeOf = (element: Element): string => looked.reduce((shape, name) => (element.hasAttribute(name) ? `${shape} ${name}=${element.getAttribute(name) ?? ""}` : shape), `${element.namespaceURI ?? ""} ${element.localName}`);

/** The selectors of all rules that say anything, also of those in groups. */
function selectorsOf(rules: CSSRuleList): string[] {
  return [...rules].flatMap((rule) => ("selectorText" in rule ? ((rule as CSSStyleRule).style.length > 0 ? [(rule as CSSStyleRule).selectorText] : []) : "cssRules" in rule ? selectorsOf(rule.cssRules as CSSRuleList) : []));
}

/** Gives a look that agrees with the window's own. */
export function quickLook(window: Window & typeof globalThis): Look {
  const slow: Look = window.getComputedStyle.bind(window);
  const plain = window.document.createElement("span").style;
  const inert = window.document.implementation.createHTMLDocument();
  const shapes = new Map<string, CSSStyleDeclaration>();
  const sheets = new WeakMap<CSSStyleSheet, { rules: number; selector: string }>();

  const spokenOf = (element: Element): boolean =>
    [...window.document.styleSheets].some((sheet) => {
      let known = sheets.get(sheet);
      if (known?.rules !== sheet.cssRules.length) {
        known = { rules: sheet.cssRules.length, selector: selectorsOf(sheet.cssRules).join(",") };
        sheets.set(sheet, known);
      }
      return known.selector !== "" && element.matches(known.selector);
    });

  /** What the browser's sheet says of such an element: asked of a bare one in a document without sheets. */
  const sheetOf = (element: Element): CSSStyleDeclaration => {
    const parent = element.parentElement;
    const shape = `${parent === null ? "" : shapeOf(parent)} > ${shapeOf(element)}`;
    const known = shapes.get(shape);
    if (known !== undefined) return known;
    const bare = inert.importNode(element, false);
    bare.removeAttribute("style");
    const holder = parent === null ? inert.createElement("div") : inert.importNode(parent, false);
    inert.body.append(holder);
    holder.append(bare);
    const found = slow(bare);
    holder.remove();
    shapes.set(shape, found);
    return found;
  };

  const valueOf = (element: Element, name: string): string => {
    const own = element.hasAttribute("style") ? (element as HTMLElement).style.getPropertyValue(name) : "";
    if (keyword.test(own) || spokenOf(element)) return slow(element).getPropertyValue(name);
    if (own !== "") return own;
    const sheet = sheetOf(element).getPropertyValue(name);
    const initial = inherited.get(name);
    if (initial === undefined || sheet !== initial) return sheet;
    return element.parentElement === null ? initial : valueOf(element.parentElement, name);
  };

  return (element, pseudo) => {
    if ((pseudo ?? "") !== "" || !(element instanceof window.Element)) return slow(element, pseudo);
    const read = (name: string): string => (name.endsWith("color") || name.startsWith("--") || element.localName === "summary" ? slow(element).getPropertyValue(name) : valueOf(element, name));
    return new Proxy({} as CSSStyleDeclaration, {
      get(_none, key) {
        if (key === "getPropertyValue") return read;
        if (typeof key === "symbol" || apart.has(key) || /^\d+$/.test(key)) return Reflect.get(slow(element), key) as unknown;
        return key in plain ? read(kebab(key)) : undefined;
      },
    });
  };
}
