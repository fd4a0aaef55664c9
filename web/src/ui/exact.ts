/** Exact decimals as the ledger gives them ("12.500000000000000001"): read, rounded and written without a float in between. */

const shape = /^(-)?(\d+)(?:\.(\d+))?$/;

/** Rounds a decimal to so many places, half away from nought. What is no decimal comes back as it is. */
export function rounded(text: string, places: number): string {
  const parts = shape.exec(text);
  if (parts === null) return text;
  const fraction = (parts[3] ?? "").padEnd(places + 1, "0");
  let whole = BigInt((parts[2] ?? "0") + fraction.slice(0, places));
  if (fraction.charCodeAt(places) >= 53) whole += 1n;
  const digits = whole.toString().padStart(places + 1, "0");
  const sign = parts[1] !== undefined && whole !== 0n ? "-" : "";
  return sign + (places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`);
}

/** A decimal as drawing needs it; never for sums. */
export function drawn(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}

/** "R$ 1.234,56". Amounts below a cent, such as the price of a message, keep what tells them from nought. */
export function amountText(text: string, language: string, currency: string): string {
  const value = Math.abs(drawn(text));
  const places = value !== 0 && value < 0.1 ? Math.min(8, 1 - Math.floor(Math.log10(value))) : 2;
  return new Intl.NumberFormat(language, { style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places }).format(rounded(text, places) as unknown as number);
}

/** On a scale: "R$ 1,2 mil". */
export function shortAmount(value: number, language: string, currency: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** Sums exact decimals without a float in between: all to the most places, as whole numbers. */
export function sumOf(values: string[]): string {
  const places = Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
  const whole = values.reduce((sum, value) => {
    const [units = "0", fraction = ""] = value.replace("-", "").split(".");
    const scaled = BigInt(units + fraction.padEnd(places, "0"));
    return value.startsWith("-") ? sum - scaled : sum + scaled;
  }, 0n);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return whole < 0n ? `-${text}` : text;
}
