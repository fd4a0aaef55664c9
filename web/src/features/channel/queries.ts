import { api } from "@/api";
import type { ChannelAccount } from "@/api/types";

export const channelsQuery = { queryKey: ["channels"], queryFn: api.channels.list, refetchInterval: 30_000 };

export const healthKey = (id: string) => ["channels", id, "health"] as const;

export const stateColours: Record<ChannelAccount["state"], string> = { draft: "honey", active: "leaf", stopped: "brick", disabled: "gray" };

/** What colour an account has as a whole: its state, then its worst alarm. */
export function lampOf(account: ChannelAccount): string {
  if (account.state !== "active") return stateColours[account.state];
  if (account.alarms.some((alarm) => alarm.grade === "bad")) return "brick";
  return account.alarms.length > 0 ? "honey" : "leaf";
}
