import { spoken } from "@/i18n";
import { amountText, shortAmount } from "@/ui/exact";
import type { Say } from "@/ui/chart/columns";

/** An exact amount, rounded for the eye; all of its digits are told when it is pointed at. */
export function Amount({ value, currency }: { value: string; currency: string }) {
  return <span title={`${currency} ${value}`}>{amountText(value, spoken(), currency)}</span>;
}

/** How charts say amounts of a currency. */
export const sayIn =
  (currency: string): Say =>
  (value, short) =>
    short ? shortAmount(value, spoken(), currency) : amountText(String(value.toFixed(6)), spoken(), currency);
