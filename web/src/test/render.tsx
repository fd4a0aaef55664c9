import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { startI18n, type Language } from "@/i18n";
import { CommandProvider } from "@/ui/commands";
import { theme } from "@/ui/theme";

/** Draws a component inside what every page has: theme, texts, caches, routes and commands. */
export async function draw(node: ReactNode, { language = "pt-BR" as Language, client = new QueryClient({ defaultOptions: { queries: { retryDelay: 0 } } }) } = {}) {
  await startI18n(language);
  const root = createRootRoute();
  const page = createRoute({ getParentRoute: () => root, path: "/", component: () => node });
  const conversation = createRoute({ getParentRoute: () => root, path: "/inbox/$conversation", component: () => null });
  const router = createRouter({ routeTree: root.addChildren([page, conversation]), history: createMemoryHistory({ initialEntries: ["/"] }) });
  await router.load();
  const drawn = render(
    <MantineProvider theme={theme} env="test" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <CommandProvider>
          <RouterProvider router={router as never} />
        </CommandProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...drawn, client, router };
}
