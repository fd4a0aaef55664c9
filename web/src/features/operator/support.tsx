import { Badge, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { operator, type Support } from "@/api/operator";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { momentTime } from "@/ui/format";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { DeedButton } from "./deed";
import classes from "./operator.module.css";
import { Grid, Reading } from "@/ui/part";
import { companyQuery, supportQuery } from "./queries";
import { shortMoment } from "./states";

const colours: Record<Support["state"], string> = { asked: "honey", open: "plum", refused: "gray", ended: "gray", expired: "gray" };

/** Looks of the platform's staff into companies: asked for, approved by somebody else, an hour long. */
export default function SupportPage() {
  const { t } = useTranslation("operator");
  const query = useQuery(supportQuery);
  return (
    <PageBody wide>
      <PageHeader title={t("room.support")} text={t("support.text")} />
      <Reading query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="person" title={t("support.none")} text={t("support.noneText")} />
          ) : (
            <Grid label={t("room.support")} heads={[t("company"), t("who"), t("why"), t("state"), t("actions")]} minWidth={720}>
              {items.map((access) => (
                <Row key={access.id} access={access} />
              ))}
            </Grid>
          )
        }
      </Reading>
    </PageBody>
  );
}

function Row({ access }: { access: Support }) {
  const { t } = useTranslation("operator");
  const { me } = useMe();
  const now = useNow();
  const language = spoken();
  const company = useQuery(companyQuery(access.company_id));
  const own = access.operator_id === me.user.id;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/operator/companies/$company" params={{ company: access.company_id }} className={classes.rowLink}>
          {company.data?.company.name ?? access.company_id}
        </Link>
      </Table.Td>
      <Table.Td>
        {access.operator_name}
        <Text size="xs" c="dimmed">
          {momentTime(access.asked_ms, language)}
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{access.reason}</Table.Td>
      <Table.Td>
        <Badge color={colours[access.state]}>{t(`support.state.${access.state}`)}</Badge>
        {access.state === "open" && (
          <Text size="xs" c="dimmed">
            {t("support.until", { at: shortMoment(access.expires_ms, now, language) })}
          </Text>
        )}
        {access.approver_name !== "" && (
          <Text size="xs" c="dimmed">
            {t("support.by", { name: access.approver_name })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          {access.state === "asked" && own && <Text size="sm">{t("support.other")}</Text>}
          {access.state === "asked" && !own && (
            <>
              <DeedButton label={t("approve")} title={t("support.approve")} text={t("support.approveText", { name: access.operator_name, reason: access.reason })} reason={false} run={() => operator.support.decide(access.id, true)} />
              <DeedButton label={t("refuse")} title={t("support.refuse")} reason={false} grave run={() => operator.support.decide(access.id, false)} />
            </>
          )}
          {access.state === "open" && <DeedButton label={t("support.end")} title={t("support.end")} text={t("support.endText")} reason={false} grave run={() => operator.support.end(access.id)} />}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
