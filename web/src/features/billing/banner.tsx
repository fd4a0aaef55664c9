import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import classes from "./billing.module.css";
import { noticeOf } from "./notice";
import { useBilling } from "./queries";

/** Above every page: what is the matter with the plan, and the way to mend it. */
export default function PlanBanner() {
  const { t } = useTranslation("billing");
  const { me, may } = useMe();
  const [now] = useState(() => Date.now());
  const sees = me.company !== undefined && may("billing.read");
  const billing = useBilling(sees);
  const notice = noticeOf(billing.data, now);
  const state = me.company?.state;
  // Who does not see what is paid is told what can't be done.
  const stopped = state === "read_only" || state === "suspended" || state === "canceled";
  if (notice === null && !stopped) return null;
  // A company that an operator stopped is stopped, whatever it pays.
  const held = stopped && notice?.grave !== true;
  return (
    <div className={classes.banner} role="status" data-grave={notice?.grave === true || stopped || undefined} data-testid="plan-banner">
      <Icon name="alert" size={17} />
      <span>
        {held || notice === null ? t(sees ? "banner.held" : `banner.company.${state as "read_only"}`) : t(`banner.${notice.kind}`, { date: shortDate(notice.date, spoken()) })}
      </span>
      {sees && notice !== null && !held && <Link to="/billing">{t("banner.see")}</Link>}
    </div>
  );
}
