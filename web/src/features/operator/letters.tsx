import { Paper, Select, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type LetterStatus } from "@/api/operator";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { CircuitBanner } from "./circuit";
import { ActivationButton } from "./journey";
import { LetterRow } from "./letter-row";
import classes from "./operator.module.css";
import { Listing, Reading, Section } from "@/ui/part";
import { integrationsQuery, journeysQuery, keys, lateQuery } from "./queries";
import { letterStates, troubled } from "./states";

/** Mails to people: those that keep somebody out first. */
export default function LettersPage() {
  const { t } = useTranslation("operator");
  const [state, setState] = useState<LetterStatus["state"] | "">("");
  const late = useQuery(lateQuery);
  const integrations = useQuery(integrationsQuery);
  const query = useInfiniteQuery({
    queryKey: [...keys.letters, "all", state],
    queryFn: ({ pageParam }) => operator.letters.list({ state, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <PageBody wide>
      <PageHeader title={t("room.letters")} text={t("lettersText")} />
      <Stack gap="lg">
        {troubled((integrations.data?.items ?? []).filter((one) => one.kind === "mail")).map((one) => (
          <CircuitBanner key={one.name} one={one} />
        ))}
        <Section title={t("letter.late")}>
          <Reading query={late} rows={1}>
            {({ items }) =>
              items.length === 0 ? (
                <Text c="dimmed">{t("letter.lateNone")}</Text>
              ) : (
                <Stack>
                  {items.map((letter) => (
                    <LetterRow key={letter.id} letter={letter}>
                      <WayIn letter={letter} />
                    </LetterRow>
                  ))}
                </Stack>
              )
            }
          </Reading>
        </Section>
        <div>
          <search className={classes.filters}>
            <Select aria-label={t("state")} placeholder={t("anyState")} clearable clearButtonProps={{ "aria-label": t("anyState") }} value={state === "" ? null : state} onChange={(value) => setState((value ?? "") as typeof state)} data={letterStates.map((value) => ({ value, label: t(`letter.state.${value}`) }))} />
          </search>
          <Listing query={query} count={rows.length} empty={<EmptyState icon="send" title={t(state === "" ? "letter.none" : "noneFound")} text={t(state === "" ? "letter.noneText" : "noneFoundText")} />}>
            <Stack gap="sm">
              {rows.map((letter) => (
                <Paper key={letter.id} withBorder p="md">
                  <LetterRow letter={letter} />
                </Paper>
              ))}
            </Stack>
          </Listing>
        </div>
      </Stack>
    </PageBody>
  );
}

/** The link that the letter would have brought, for the journey that it belongs to. */
function WayIn({ letter }: { letter: LetterStatus }) {
  const query = useInfiniteQuery(journeysQuery({ q: letter.to, state: "", attention: false }));
  const journey = query.data?.pages.flatMap((page) => page.items).find((each) => each.company_id === letter.company_id);
  return journey === undefined ? null : <ActivationButton id={journey.id} compact />;
}
