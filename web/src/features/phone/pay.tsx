import { CopyButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { phoneApi, type Bubble } from "./api";
import bubbleClasses from "./bubble.module.css";
import { dynamicPix } from "./own";
import classes from "./shop.module.css";

const steps = ["pending", "processing", "partially-shipped", "shipped", "completed", "canceled"] as const;

/** Order details and order news as WhatsApp draws them. */
export function PaymentCard({ bubble }: { bubble: Bubble }) {
  const { t, i18n } = useTranslation("phone");
  const payment = bubble.payment;
  if (payment === undefined) return null;
  const money = (amount: number) => moneyText(amount, i18n.language, payment.currency || "BRL");
  const step = steps.find((each) => each === payment.status);
  const sums = ([["subtotal", payment.subtotal], ["discount", payment.discount === undefined ? undefined : -payment.discount], ["shipping", payment.shipping], ["tax", payment.tax]] as const).filter(([, amount]) => amount !== undefined && amount !== 0);
  return (
    <span className={classes.bill}>
      <span className={classes.billHead}>
        <b>{t("bill.order", { reference: payment.reference })}</b>
        {step !== undefined && <span className={classes.step} data-step={step}>{t(`bill.step.${step}`)}</span>}
      </span>
      {payment.description && <small>{payment.description}</small>}
      {payment.lines?.map((line, i) => (
        <span key={i} className={bubbleClasses.product}>
          <span>
            {line.quantity}× {line.name}
          </span>
          <span>{money(line.price * line.quantity)}</span>
        </span>
      ))}
      {(payment.lines ?? []).length > 0 &&
        sums.map(([name, amount]) => (
          <span key={name} className={bubbleClasses.product}>
            <span>{t(`bill.${name}`)}</span>
            <span>{money(amount ?? 0)}</span>
          </span>
        ))}
      {payment.total > 0 && (
        <span className={classes.billTotal}>
          <span>{t("total")}</span>
          <span>{money(payment.total)}</span>
        </span>
      )}
    </span>
  );
}

/** What can be done with a Pix code: take it along, or pay as the bank's app would. */
export function PixButtons({ code, label }: { code: string; label?: string }) {
  const { t } = useTranslation("phone");
  return (
    <>
      <Copy value={code} text={label ?? t("bill.copyPix")} />
      <Pay code={code} />
    </>
  );
}

export function Copy({ value, text }: { value: string; text: string }) {
  const { t } = useTranslation("phone");
  return (
    <CopyButton value={value} timeout={1600}>
      {({ copied, copy }) => (
        <button type="button" className={bubbleClasses.option} onClick={copy}>
          <Icon name={copied ? "check" : "copy"} size={15} /> <span aria-live="polite">{copied ? t("bill.copied") : text}</span>
        </button>
      )}
    </CopyButton>
  );
}

/** What this telephone paid, by the end of the code, which holds its checksum. */
const paidKey = (code: string) => code.slice(-40);

/** Pays a code here and now. */
export function Pay({ code }: { code: string }) {
  const { t } = useTranslation("phone");
  const [paid, setPaid] = useLocalStorage<Record<string, "provider" | "pretended">>({ key: "prosa-phone-paid", defaultValue: {}, getInitialValueInEffect: false });
  const pay = useMutation({
    mutationFn: () => phoneApi.pay(code),
    onSuccess: (done) => setPaid((all) => ({ ...all, [paidKey(code)]: done.provider ? "provider" : "pretended" })),
  });
  const done = paid[paidKey(code)];
  if (done !== undefined) {
    return (
      <span className={classes.receipt} role="status">
        <Icon name="check" size={15} /> {t(done === "provider" ? "bill.paid" : "bill.pretended")}
      </span>
    );
  }
  return (
    <>
      <button type="button" className={bubbleClasses.option} disabled={pay.isPending} onClick={() => pay.mutate()}>
        {t(dynamicPix(code) ? "bill.pay" : "bill.payPretend")}
      </button>
      {pay.isError && (
        <small className={bubbleClasses.error} role="alert">
          {t("bill.refused")} {asProblem(pay.error).message}
        </small>
      )}
    </>
  );
}
