import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { theme } from "@/ui/theme";

const schemes = localStorageColorSchemeManager({ key: "prosa-scheme" });

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes}>
      <QueryClientProvider client={client}>
        <Notifications position="top-right" limit={3} />
        {children}
      </QueryClientProvider>
    </MantineProvider>
  );
}
