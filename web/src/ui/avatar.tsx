import classes from "./avatar.module.css";

const hues = [268, 18, 152, 205, 335, 42, 180, 96];

/** Initials of the first and the last word; a person without a name gets a dot, never an empty disc. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = [...(words[0] ?? "")][0] ?? "·";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

function hueOf(seed: string): number {
  let sum = 0;
  for (const char of seed) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return hues[sum % hues.length] ?? 268;
}

/** A person's disc. The colour comes from the id, so that it stays when the name changes. */
export function Avatar({ name, seed, size = 40 }: { name: string; seed: string; size?: number }) {
  return (
    <span
      aria-hidden="true"
      className={classes.disc}
      data-initials={initials(name)}
      style={{ width: size, height: size, fontSize: size * 0.38, ["--hue" as string]: hueOf(seed) }}
    />
  );
}
