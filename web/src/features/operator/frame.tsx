import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Icon, type IconName } from "@/ui/icon";
import { EmptyState } from "@/ui/state";
import classes from "./operator.module.css";
import { integrationsQuery, lateQuery, supportQuery } from "./queries";
import { troubled } from "./states";

const rooms = [
  { to: "/operator", name: "dashboard", icon: "operator" },
  { to: "/operator/companies", name: "companies", icon: "building" },
  { to: "/operator/journeys", name: "journeys", icon: "right" },
  { to: "/operator/integrations", name: "integrations", icon: "link" },
  { to: "/operator/plans", name: "plans", icon: "list" },
  { to: "/operator/coupons", name: "coupons", icon: "quote" },
  { to: "/operator/costs", name: "costs", icon: "card" },
  { to: "/operator/letters", name: "letters", icon: "send" },
  { to: "/operator/support", name: "support", icon: "person" },
  { to: "/operator/audit", name: "audit", icon: "audit" },
  { to: "/operator/held", name: "held", icon: "box" },
] as const satisfies { to: string; name: string; icon: IconName }[];

/** The console of the platform's own staff: its rooms beside each page. */
export default function OperatorFrame() {
  const { t } = useTranslation("operator");
  const { may } = useMe();
  const { pathname } = useRouterState({ select: (state) => state.location });
  const costs = pathname.startsWith("/operator/costs") && may("platform.cost");
  if (!may("platform.operate") && !costs) return <EmptyState icon="shield" title={t("closed")} text={t("closedText")} order={1} />;
  if (!may("platform.operate")) return <Outlet />;
  return (
    <div className={classes.frame}>
      <Rooms />
      <div className={classes.page}>
        <Outlet />
      </div>
    </div>
  );
}

export function Rooms() {
  const { t } = useTranslation("operator");
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, "") });
  const nav = useRef<HTMLElement>(null);
  // On a phone the rooms stand in a row that is longer than the screen.
  useEffect(() => nav.current?.querySelector("[data-here]")?.scrollIntoView({ inline: "center", block: "nearest" }), [path]);
  const integrations = useQuery(integrationsQuery);
  const late = useQuery(lateQuery);
  const support = useQuery(supportQuery);
  const counts: Partial<Record<(typeof rooms)[number]["name"], number>> = {
    integrations: troubled(integrations.data?.items ?? []).length,
    letters: late.data?.items.length ?? 0,
    support: (support.data?.items ?? []).filter((each) => each.state === "asked").length,
  };
  return (
    <nav ref={nav} className={classes.nav} aria-label={t("rooms")}>
      {rooms.map((room) => {
        const here = room.to === "/operator" ? path === "/operator" : path === room.to || path.startsWith(`${room.to}/`);
        const count = counts[room.name] ?? 0;
        return (
          <Link key={room.to} to={room.to} className={classes.link} data-here={here || undefined} aria-current={here ? "page" : undefined}>
            <Icon name={room.icon} size={18} />
            {t(`room.${room.name}`)}
            {count > 0 && (
              <span className={classes.count}>
                <span aria-hidden>{count}</span>
                <span className="p-sr">{t("waitingCount", { count })}</span>
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
