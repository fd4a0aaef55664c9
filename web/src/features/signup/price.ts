import type { Interval, Method, Offer, Quote } from "./contract";

/** What an offer costs at each payment. */
export const priceOf = (offer: Offer, interval: Interval) => (interval === "year" ? offer.annual_minor : offer.monthly_minor);

/** What a year at once saves over twelve months, in minor units; 0 when it saves nothing. */
export function saving(offer: Offer): number {
  return offer.annual_minor > 0 ? Math.max(0, offer.monthly_minor * 12 - offer.annual_minor) : 0;
}

/** The saving in whole percent, never more than is true. */
export function savingPercent(offer: Offer): number {
  const year = offer.monthly_minor * 12;
  return year === 0 ? 0 : Math.floor((saving(offer) * 100) / year);
}

/** A year's price as a month of it, rounded up to the cent: never told cheaper than it is. */
export const monthOf = (offer: Offer) => Math.ceil(offer.annual_minor / 12);

/** Which intervals are sold. */
export function intervals(offers: Offer[]): Interval[] {
  return [...(offers.some((each) => each.monthly_minor > 0) ? (["month"] as const) : []), ...(offers.some((each) => each.annual_minor > 0) ? (["year"] as const) : [])];
}

/** The meters of all offers in the order of the first that names them. */
export function metersOf(offers: Offer[]): string[] {
  return [...new Set(offers.flatMap((offer) => offer.limits.map((limit) => limit.meter)))];
}

/** The offer that a feature such as "Tudo do Essencial" stands for. */
function wholeOf(feature: string, of: Offer, offers: Offer[]): Offer | undefined {
  if (!/^(tudo|everything|all)\b/i.test(feature)) return undefined;
  return offers.find((other) => other.version_id !== of.version_id && feature.endsWith(` ${other.name}`));
}

/** What an offer brings, with what it takes over from another one spelled out. */
export function featuresIn(offer: Offer, offers: Offer[], seen: readonly string[] = []): string[] {
  return offer.features.flatMap((feature) => {
    const whole = wholeOf(feature, offer, offers);
    if (whole === undefined) return [feature];
    return seen.includes(whole.version_id) ? [] : featuresIn(whole, offers, [...seen, offer.version_id]);
  });
}

/** The features of all offers, each once, in the order in which the first brings them. */
export function featuresOf(offers: Offer[]): string[] {
  return [...new Set(offers.flatMap((offer) => featuresIn(offer, offers)))];
}

/** The ways to pay that fit: a trial whose payment is asked at the start takes a card, since nothing is paid yet. */
export function waysFor(offer: Offer | undefined, methods: Method[]): Method[] {
  const later = offer !== undefined && offer.trial_days > 0 && methods.includes("card");
  return later ? ["card"] : methods;
}

/** Whether there is nothing to pay before the company is made. */
export const freeStart = (offer: Offer) => offer.trial_days > 0 && !offer.trial_needs_payment;

/** The price of an interval while the discount holds. */
export const discounted = (quote: Quote) => quote.price_minor - quote.discount_minor;
