import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Icon } from "@/ui/icon";
import classes from "./channel.module.css";
import { channelsQuery } from "./queries";

/** Above every page of those who can mend it: which channel is in trouble. Lesser worries wait on its page. */
export default function ChannelBanner() {
  const { t } = useTranslation("channel");
  const { me, may } = useMe();
  const query = useQuery({ ...channelsQuery, enabled: me.company !== undefined && may("channel.manage") });
  const troubled = (query.data?.items ?? []).filter((account) => account.alarms.some((alarm) => alarm.grade === "bad"));
  const first = troubled[0];
  const alarm = first?.alarms.find((each) => each.grade === "bad");
  if (first === undefined || alarm === undefined) return null;
  return (
    <div className={classes.banner} role="status" data-testid="channel-banner">
      <Icon name="alert" size={17} />
      <span>
        {first.name}: {t(`alarm.${alarm.kind as "stopped"}.title`)}
        {troubled.length > 1 && ` ${t("andMore", { count: troubled.length - 1 })}`}
      </span>
      {troubled.length > 1 ? (
        <Link to="/channels">{t("see")}</Link>
      ) : (
        <Link to="/channels/$channel" params={{ channel: first.id }}>
          {t("see")}
        </Link>
      )}
    </div>
  );
}
