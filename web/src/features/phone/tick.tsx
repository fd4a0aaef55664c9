import { useTranslation } from "react-i18next";

const drawings: Record<string, string> = {
  clock: "M9 15.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM9 7v3.200l2 1.300",
  accepted: "m5 10.500 3 3 6-7",
  sent: "m5 10.500 3 3 6-7",
  delivered: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  read: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  played: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  failed: "M9 16a6 6 0 1 0 0-12 6 6 0 0 0 0 12Zm0-9v3.500m0 2.300v.010",
};

type Known = "clock" | "accepted" | "sent" | "delivered" | "read" | "played" | "failed";

/** The ticks of the customer's own messages. */
export function PhoneTick({ tick }: { tick: string }) {
  const { t } = useTranslation("phone");
  const known = (tick in drawings ? tick : "sent") as Known;
  const read = known === "read" || known === "played";
  return (
    <svg width="17" height="17" viewBox="0 0 18 20" role="img" aria-label={t(`tick.${known}`)} data-tick={known} fill="none" stroke={read ? "var(--phone-read)" : known === "failed" ? "#c0392b" : "currentColor"} strokeWidth={read ? 2 : 1.6} strokeLinecap="round" strokeLinejoin="round" style={{ verticalAlign: "-4px" }}>
      <path d={drawings[known]} />
    </svg>
  );
}
