import { Badge, Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PlanContent } from "@/api/operator";
import { moneyText } from "@/ui/money";
import classes from "./operator.module.css";
import { meters } from "./plan-draft";

/** The words around a plan in a language that the console may not speak just now. */
function useWords(locale: "pt-BR" | "en"): void {
  const { i18n } = useTranslation("operator");
  useQuery({
    queryKey: ["words", locale],
    queryFn: async () => {
      const words = locale === "en" ? await import("@/i18n/en/operator.json") : await import("@/i18n/pt-BR/operator.json");
      i18n.addResourceBundle(locale, "operator", words.default, true, false);
      return true;
    },
    staleTime: Infinity,
    enabled: !i18n.hasResourceBundle(locale, "operator"),
  });
}

/** A version as the page of prices shows it, in either language, while it is written. */
export function Offer({ content, locale }: { content: PlanContent; locale: "pt-BR" | "en" }) {
  const { i18n } = useTranslation("operator");
  useWords(locale);
  const t = i18n.getFixedT(locale, "operator");
  const say = (text: { pt: string; en: string }) => (locale === "en" ? text.en || text.pt : text.pt || text.en);
  const price = (amount: number) => moneyText(amount, locale, content.currency);
  const count = (n: number) => new Intl.NumberFormat(locale).format(n);
  return (
    <article className={classes.offer} data-highlight={content.highlight || undefined} lang={locale}>
      <Group justify="space-between">
        <Title order={2} size="h3">{say(content.name) || t("preview.nameless")}</Title>
        {content.highlight && <Badge>{t("preview.highlight")}</Badge>}
      </Group>
      {say(content.summary) !== "" && <Text c="dimmed">{say(content.summary)}</Text>}
      <div>
        {content.monthly > 0 || content.annual === 0 ? (
          <Text className={classes.price}>
            {price(content.monthly)}
            <Text span size="sm" c="dimmed">
              {" "}
              {t("preview.month")}
            </Text>
          </Text>
        ) : null}
        {content.annual > 0 && (
          <Text size="sm" c="dimmed">
            {price(content.annual)} {t("preview.year")}
          </Text>
        )}
      </div>
      {content.trial_days > 0 && <Text size="sm">{t(content.trial_needs_payment ? "preview.trialPaid" : "preview.trial", { count: content.trial_days })}</Text>}
      <ul>
        {meters.map((meter) => {
          const limit = content.limits[meter];
          return (
            <li key={meter}>
              {limit === undefined || limit.count < 0 ? t("preview.endless", { what: t(`meter.${meter}`) }) : `${count(limit.count)} ${t(`meter.${meter}`).toLowerCase()}`}
              {limit !== undefined && limit.over === "overage" && (
                <Text size="xs" c="dimmed">
                  {t("preview.overage", { price: price(limit.overage_price) })}
                </Text>
              )}
            </li>
          );
        })}
        {content.features.map((feature, index) => say(feature) !== "" && <li key={index}>{say(feature)}</li>)}
      </ul>
    </article>
  );
}
