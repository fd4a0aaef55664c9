import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { mockServer } from "./src/test/mock/plugin.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The Go server of `make dev`; the page is served by Vite and calls it by proxy. */
const server = process.env.PROSA_DEV_SERVER ?? "http://127.0.0.1:8080";

/** Writes .br and .gz beside every asset, so that the binary serves them without compressing at run time. */
function precompress(): Plugin {
  return {
    name: "prosa:precompress",
    apply: "build",
    closeBundle() {
      const folder = join(root, "dist", "assets");
      for (const name of readdirSync(folder)) {
        if (!/\.(js|css|svg|json)$/.test(name)) continue;
        const bytes = readFileSync(join(folder, name));
        if (bytes.length < 1024) continue;
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, quality));
      }
    },
  };
}

/** In development the other entries live where the binary serves them. */
function entryRoutes(): Plugin {
  return {
    name: "prosa:entry-routes",
    configureServer(dev) {
      dev.middlewares.use((request, _response, next) => {
        const path = request.url?.split("?")[0] ?? "";
        if (path === "/demo") request.url = "/demo.html";
        if (/^\/(planos|termos|assinar(\/.*)?)$/.test(path)) request.url = "/site.html";
        next();
      });
    },
  };
}

const mocked = process.env.PROSA_MOCK === "1";

export default defineConfig({
  plugins: [react(), entryRoutes(), precompress(), ...(mocked ? [mockServer()] : [])],
  resolve: { alias: { "@": join(root, "src") } },
  build: {
    target: "es2022",
    cssCodeSplit: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: { index: join(root, "index.html"), demo: join(root, "demo.html"), site: join(root, "site.html") } },
  },
  server: {
    host: "127.0.0.1",
    port: Number(process.env.PROSA_DEV_PORT ?? 5173),
    proxy: mocked
      ? {}
      : Object.fromEntries(["/api", "/webhooks", "/sandbox", "/media"].map((path) => [path, { target: server }])),
  },
  test: {
    testTimeout: 30_000,
    maxWorkers: "100%",
    setupFiles: ["src/test/setup.ts"],
    projects: [
      { extends: true, test: { name: "rules", environment: "node", include: ["src/**/*.test.ts"] } },
      { extends: true, test: { name: "pages", environment: "jsdom", include: ["src/**/*.test.tsx"] } },
    ],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
