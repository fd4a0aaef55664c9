import { afterEach, vi } from "vitest";
import { quickLook } from "./style";

// What jsdom lacks and our components ask for.
if (typeof window !== "undefined") {
  window.matchMedia ??= (query: string) =>
    ({ matches: false, media: query, onchange: null, addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn(), dispatchEvent: () => false }) as unknown as MediaQueryList;
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  window.IntersectionObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  } as unknown as typeof IntersectionObserver;
  window.scrollTo = () => undefined;
  if (document.fonts === undefined) Object.defineProperty(document, "fonts", { value: new EventTarget() });
  Element.prototype.scrollTo ??= () => undefined;
  Element.prototype.scrollIntoView ??= () => undefined;
  HTMLCanvasElement.prototype.getContext = () => null;

  // And what it does too slowly.
  window.getComputedStyle = quickLook(window);

  const { cleanup, configure } = await import("@testing-library/react");
  // A crowded machine is slow, not wrong.
  configure({ asyncUtilTimeout: 10_000 });
  afterEach(() => cleanup());
}
