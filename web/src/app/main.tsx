import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "@/ui/tokens.css";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { startI18n } from "@/i18n";
import { Providers } from "./providers";
import { makeRouter } from "./router";
import { makeClient } from "./client";

/** Starts the application: texts first, so that nothing is drawn in the wrong language. */
export async function start(): Promise<void> {
  await startI18n();
  const client = makeClient();
  const router = makeRouter(client);
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no root");
  createRoot(root).render(
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>,
  );
}
