import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@/ui/tokens.css";
import { ActionIcon, SegmentedControl, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Role } from "@/api/types";
import { Phones } from "@/features/phone/phone";
import { startI18n } from "@/i18n";
import { Icon } from "@/ui/icon";
import { LanguageSwitch } from "@/ui/language-switch";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { Wordmark } from "@/ui/wordmark";
import { makeClient } from "./client";
import classes from "./demo.module.css";
import { Providers } from "./providers";

export async function startDemo(): Promise<void> {
  await startI18n();
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no root");
  createRoot(root).render(
    <Providers client={makeClient()}>
      <Demo />
    </Providers>,
  );
}

/**
 * A customer's phone beside the company's inbox. The inbox is the real application in a frame of its own, so that it
 * lays itself out for the room it has and its keyboard stays its own.
 */
function Demo() {
  const { t } = useTranslation("phone");
  const small = useMediaQuery("(max-width: 56em)", false, { getInitialValueInEffect: false }) ?? false;
  const [tab, setTab] = useState<"phone" | "inbox">("phone");
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <Wordmark size={21} />
        <span className={classes.intro}>{t("intro")}</span>
        <Tools />
      </header>
      <main className={classes.page}>
        <h1 className="p-sr">{t("title")}</h1>
        {small && (
          <SegmentedControl
            role="radiogroup" className={classes.tabs}
            fullWidth
            aria-label={t("tabs")}
            value={tab}
            onChange={(value) => setTab(value as typeof tab)}
            data={[
              { value: "phone", label: t("phone") },
              { value: "inbox", label: t("inbox") },
            ]}
          />
        )}
        <div className={classes.main} data-tab={small ? tab : undefined}>
        <div className={classes.phone}>
          <Phones />
        </div>
        <div className={classes.inbox}>
          <Inbox />
        </div>
        </div>
      </main>
    </div>
  );
}

const roles: Role[] = ["attendant", "supervisor", "admin"];

function Inbox() {
  const { t } = useTranslation("phone");
  const frame = useRef<HTMLIFrameElement>(null);
  return <iframe ref={frame} id="inbox" src="/inbox" title={t("frame")} className={classes.frame} />;
}

/** One press enters as somebody else; the frame starts again as that person. */
function Tools() {
  const { t } = useTranslation(["phone", "common"]);
  const say = useProblemText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const enter = useMutation({
    mutationFn: api.session.demo,
    onSuccess: () => {
      const frame = document.getElementById("inbox");
      if (frame instanceof HTMLIFrameElement) frame.src = "/inbox";
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <div className={classes.tools}>
      <label className={classes.as}>
        <span>{t("enterAs")}</span>
        <select aria-label={t("enterAs")} defaultValue="" onChange={(event) => event.target.value !== "" && enter.mutate(event.target.value as Role)}>
          <option value="" disabled>
            …
          </option>
          {roles.map((role) => (
            <option key={role} value={role}>
              {t(`common:role.${role}`)}
            </option>
          ))}
        </select>
      </label>
      <span className={classes.language}>
        <LanguageSwitch />
      </span>
      <Tooltip label={t("common:switchTheme")}>
        <ActionIcon onClick={() => setColorScheme(colorScheme === "dark" ? "light" : "dark")} aria-label={t("common:switchTheme")}>
          <Icon name={colorScheme === "dark" ? "sun" : "moon"} size={19} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("openApart")}>
        <ActionIcon component="a" href="/inbox" target="_blank" aria-label={t("openApart")}>
          <Icon name="out" size={19} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
