import { TextInput, type TextInputProps } from "@mantine/core";

/** The field for the code of an app: digits, from the right keyboard, filled in by the telephone where it can. */
export function CodeInput(props: TextInputProps) {
  return <TextInput inputMode="numeric" autoComplete="one-time-code" maxLength={7} styles={{ input: { fontVariantNumeric: "tabular-nums", letterSpacing: "0.15em", fontSize: "1.125rem" } }} {...props} />;
}

/** Whether that may be a code at all. */
export const looksLikeCode = (text: string) => /^\d{3} ?\d{3}$/.test(text.trim());
