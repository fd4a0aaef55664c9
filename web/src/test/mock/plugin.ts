import type { Plugin } from "vite";

/** PROSA_MOCK=1 npm run dev: the pages run against answers made up in this process, without the Go server. */
export function mockServer(): Plugin {
  return {
    name: "prosa:mock",
    apply: "serve",
    async configureServer(dev) {
      const { answer } = await import("./server");
      dev.middlewares.use((request, response, next) => {
        if (!/^\/(api|sandbox)\//.test(request.url ?? "")) return next();
        void answer(request, response);
      });
    },
  };
}
