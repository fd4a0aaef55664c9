// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
const imports = (file: string) => [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

/** Where an import leads, as a folder under src; empty for packages. */
function target(file: string, name: string): string {
  if (name.startsWith("@/")) return name.slice(2);
  if (name.startsWith(".")) return relative(root, join(root, file, "..", name));
  return "";
}

describe("walls between the rooms", () => {
  it("features never import features, nor the shell", () => {
    const broken = files.flatMap((file) => {
      const own = /^features\/([^/]+)\//.exec(file)?.[1];
      if (own === undefined) return [];
      return imports(file)
        .map((name) => target(file, name))
        .filter((to) => to.startsWith("app/") || (to.startsWith("features/") && to.split("/")[1] !== own))
        .map((to) => `${file} -> ${to}`);
    });
    expect(broken).toEqual([]);
  });

  it("api, ui and i18n know neither features nor the shell", () => {
    const broken = files
      .filter((file) => /^(api|ui|i18n)\//.test(file))
      .flatMap((file) => imports(file).map((name) => `${file} -> ${target(file, name)}`))
      .filter((line) => / -> (features|app)\//.test(line));
    expect(broken).toEqual([]);
  });

  it("no file grows over 800 lines", () => {
    const long = files.filter((file) => !file.endsWith(".d.ts") && readFileSync(join(root, file), "utf8").split("\n").length > 800);
    expect(long).toEqual([]);
  });
});
