import { TextInput, type TextInputProps } from "@mantine/core";
import { moneyDraft, readMoney } from "./money";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "type"> {
  /** What was typed; readMoney tells its amount. */
  value: string;
  onChange: (typed: string) => void;
}

/** A field for money in reais. It takes what people type and, when left, writes it as the house does. */
export function MoneyInput({ value, onChange, onBlur, ...rest }: Props) {
  return (
    <TextInput
      inputMode="decimal"
      autoComplete="off"
      maxLength={20}
      leftSection={
        <span aria-hidden style={{ fontSize: "0.8125rem" }}>
          R$
        </span>
      }
      {...rest}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={(event) => {
        const amount = readMoney(value);
        if (amount !== null) onChange(moneyDraft(amount));
        onBlur?.(event);
      }}
    />
  );
}
