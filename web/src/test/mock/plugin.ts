import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";

/** PROSA_MOCK=1 npm run dev: the pages run against answers made up in this process, without the Go server. */
export function mockServer(): Plugin {
  return {
    name: "prosa:mock",
    apply: "serve",
    configureServer(dev) {
      dev.middlewares.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        if (!/^\/(api|sandbox)\//.test(request.url ?? "")) return next();
        void dev.ssrLoadModule("/src/test/mock/server.ts").then((server) => (server.answer as (a: IncomingMessage, b: ServerResponse) => unknown)(request, response));
      });
    },
  };
}
