import "@/ui/tokens.css";
import { createRoot } from "react-dom/client";
import { Site } from "@/features/signup/site";
import { loadTexts, WordsProvider } from "@/i18n/site";

/** Starts the public pages. Nothing of the application comes with them: no inbox, no component library. */
export async function startSite(): Promise<void> {
  const first = await loadTexts();
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no root");
  createRoot(root).render(
    <WordsProvider first={first}>
      <Site />
    </WordsProvider>,
  );
}
