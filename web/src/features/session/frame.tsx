import { Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "@/ui/language-switch";
import { Wordmark } from "@/ui/wordmark";
import classes from "./frame.module.css";

/** The page around a form before the door: the house on one side, the form on the other. */
export function Frame({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const { t } = useTranslation("session");
  return (
    <div className={classes.page}>
      <div className={classes.house} aria-hidden="true">
        <Wordmark size={30} />
        <p className={classes.motto}>{t("motto")}</p>
        <div className={classes.talk}>
          <span data-side="in">{t("sample.customer")}</span>
          <span data-side="bot">{t("sample.bot")}</span>
          <span data-side="in">{t("sample.asks")}</span>
          <span data-side="out">{t("sample.person")}</span>
        </div>
      </div>
      <main className={classes.main} id="main">
        <Paper className={classes.card}>
          <div className={classes.small}>
            <Wordmark size={24} />
          </div>
          <Title order={1}>{title}</Title>
          {text !== undefined && (
            <Text c="dimmed" mt={4}>
              {text}
            </Text>
          )}
          <div className={classes.form}>{children}</div>
        </Paper>
        <LanguageSwitch />
      </main>
    </div>
  );
}
