/** Money as people write and read it. Amounts are whole numbers of minor units (centavos); nothing here adds fractions. */

const formats = new Map<string, Intl.NumberFormat>();

/** "R$ 1.234,56". */
export function moneyText(amount: number, language: string, currency = "BRL"): string {
  const key = `${language} ${currency}`;
  let format = formats.get(key);
  if (format === undefined) formats.set(key, (format = new Intl.NumberFormat(language, { style: "currency", currency })));
  return format.format(amount / 100);
}

/** At most so many digits of whole units, far below where numbers lose their last place. */
const maxDigits = 11;

/**
 * What was typed, in minor units; null when it can't be told. Reads "1.234,56", "1234,5", "R$ 10", "1234.56" and "1.234":
 * a comma begins the cents, a dot does so only when one or two digits follow it.
 */
export function readMoney(text: string): number | null {
  const plain = text.replace(/R\$|\s/g, "");
  const parts =
    /^(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d{0,2}))?$/.exec(plain) ?? // 1.234,56 and 1234,56
    /^(\d+)\.(\d{1,2})$/.exec(plain) ?? // 1234.56
    /^(\d{1,3}(?:,\d{3})+)\.(\d{2})$/.exec(plain); // 1,234.56
  if (parts === null) return null;
  const whole = (parts[1] ?? "").replace(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  if (whole.length > maxDigits) return null;
  return Number(whole) * 100 + Number((parts[2] ?? "").padEnd(2, "0"));
}

/** An amount as a field holds it: "1.234,56", without the currency. */
export function moneyDraft(amount: number): string {
  const digits = String(amount).padStart(3, "0");
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ".")},${digits.slice(-2)}`;
}

/** A vendor's decimal text such as "19.9" in minor units, half a cent up; null for what is none. */
export function readDecimal(text: string): number | null {
  const parts = /^(\d{1,11})(?:\.(\d+))?$/.exec(text.trim());
  if (parts === null) return null;
  const digits = (parts[2] ?? "").padEnd(3, "0");
  return Number(parts[1]) * 100 + Number(digits.slice(0, 2)) + (Number(digits[2]) >= 5 ? 1 : 0);
}
