import { Button, Select } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Icon } from "@/ui/icon";
import { useNow } from "@/ui/time";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import classes from "./cost.module.css";
import { environments, lines, monthOf, monthsBetween, monthLater, monthText, type Field, type Find } from "./find";

const rooms = [
  { to: "/operator/costs", name: "overview" },
  { to: "/operator/costs/services", name: "services" },
  { to: "/operator/costs/companies", name: "companies" },
  { to: "/operator/costs/budgets", name: "budgets" },
  { to: "/operator/costs/savings", name: "savings" },
  { to: "/operator/costs/quality", name: "quality" },
  { to: "/operator/costs/settings", name: "settings" },
] as const;

export type Room = (typeof rooms)[number]["name"];

/** The frame of each page of costs: its neighbours, what is looked at, and the way out as a table. */
export function CostPage({ room, find, choose, fields, csv, children }: { room: Room; find: Find; choose: (field: Field, value: string) => void; fields: Field[]; csv?: string; children: ReactNode }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  if (!may("platform.cost") && !may("platform.operate")) return <EmptyState icon="shield" title={t("closed")} text={t("closedText")} order={1} />;
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t(`text.${room}`)}>
        {csv !== undefined && (
          <Button component="a" href={csv} download variant="default" leftSection={<Icon name="down" size={16} />}>
            {t("csv")}
          </Button>
        )}
      </PageHeader>
      <Rooms />
      {fields.length > 0 && <Sieve find={find} choose={choose} fields={fields} />}
      {children}
    </PageBody>
  );
}

function Rooms() {
  const { t } = useTranslation("cost");
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, "") });
  const nav = useRef<HTMLElement>(null);
  // On a phone the sections stand in a row that is longer than the screen.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView?.({ inline: "center", block: "nearest" }), [path]);
  return (
    <nav ref={nav} className={classes.rooms} aria-label={t("rooms")}>
      {rooms.map((room) => (
        <Link key={room.to} to={room.to} search={(old) => old} className={classes.room} activeOptions={{ exact: true, includeSearch: false }} aria-current={path === room.to ? "page" : undefined}>
          {t(`room.${room.name}`)}
        </Link>
      ))}
    </nav>
  );
}

const monthsBack = 24;

function Sieve({ find, choose, fields }: { find: Find; choose: (field: Field, value: string) => void; fields: Field[] }) {
  const { t } = useTranslation("cost");
  const now = monthOf(useNow());
  const months = monthsBetween(Math.min(find.month, monthLater(now, -monthsBack)), Math.max(find.month, now)).reverse();
  return (
    <search className={classes.sieve}>
      {fields.includes("month") && <Select label={t("month")} allowDeselect={false} value={String(find.month)} onChange={(value) => choose("month", value ?? "")} data={months.map((month) => ({ value: String(month), label: monthText(month, true) }))} />}
      {fields.includes("line") && (
        <Select label={t("lineLabel")} placeholder={t("all")} clearable clearButtonProps={{ "aria-label": t("all") }} value={find.line === "" ? null : find.line} onChange={(value) => choose("line", value ?? "")} data={lines.map((value) => ({ value, label: t(`line.${value}`) }))} />
      )}
      {fields.includes("environment") && (
        <Select
          label={t("environmentLabel")}
          placeholder={t("all")}
          clearable
          clearButtonProps={{ "aria-label": t("all") }}
          value={find.environment === "" ? null : find.environment}
          onChange={(value) => choose("environment", value ?? "")}
          data={environments.map((value) => ({ value, label: t(`environment.${value}`) }))}
        />
      )}
      {fields.includes("cost") && (
        <Select className={classes.broad} label={t("costLabel")} allowDeselect={false} value={find.cost} onChange={(value) => choose("cost", value ?? "")} data={(["effective", "billed"] as const).map((value) => ({ value, label: t(`cost.${value}`) }))} />
      )}
    </search>
  );
}
