import { useQuery } from "@tanstack/react-query";
import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { pictureUrl, type Goods } from "@/api/shop";
import { goodsQuery } from "@/api/shop-cache";
import type { Content } from "@/api/types";
import { Icon } from "@/ui/icon";
import { moneyText, readDecimal } from "@/ui/money";
import { Picture } from "@/ui/shop/picture";
import { CopyIcon } from "@/ui/state";
import { RelativeTime, useNow } from "@/ui/time";
import classes from "./said.module.css";

/** What the ids of a message stand for, as soon as it is known. */
function useGoods(catalog: string, ids: string[]): (id: string) => Goods | undefined {
  const query = useQuery(goodsQuery(catalog, ids));
  return (id) => query.data?.items.find((each) => each.retailer_id === id);
}

/** Goods that were shown to the customer: one, several, or the way into the catalog. */
export function SaidShelf({ content }: { content: Content }) {
  const { t, i18n } = useTranslation("inbox");
  const { me } = useMe();
  const shelf = content.shelf;
  const goods = shelf?.sections?.flatMap((section) => section.goods ?? []) ?? [];
  const known = useGoods(shelf?.catalog_id ?? "", goods.flatMap((each) => (each.retailer_id ? [each.retailer_id] : [])));
  if (shelf === undefined) return null;
  if (content.kind === "catalog") {
    return (
      <span className={classes.title}>
        <Icon name="list" size={18} /> {t("said.catalog")}
      </span>
    );
  }
  return (
    <div className={classes.shelf}>
      {shelf.header && <strong>{shelf.header}</strong>}
      {shelf.sections?.map((section, i) => (
        <section key={i}>
          {section.title && <h4 className={classes.section}>{section.title}</h4>}
          <ul className={classes.goods} data-sideways={shelf.carousel || undefined} tabIndex={shelf.carousel ? 0 : undefined} aria-label={section.title || t("said.goods")}>
            {section.goods?.map((good, j) => {
              const ours = known(good.retailer_id ?? "")?.image;
              return (
                <li key={j}>
                  <Picture url={pictureUrl(ours ?? (good.image?.blob ? { blob: good.image.blob } : undefined), me.company?.id ?? "")} />
                  <span className={classes.what}>
                    <b>{good.name}</b>
                    <span>
                      {moneyText(good.price, i18n.language, good.currency)}
                      {(good.list_price ?? 0) > good.price && <s>{moneyText(good.list_price ?? 0, i18n.language, good.currency)}</s>}
                    </span>
                  </span>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      {shelf.footer && <small className={classes.dim}>{shelf.footer}</small>}
    </div>
  );
}

/** What an order costs and how it may be paid. */
export function SaidBill({ content }: { content: Content }) {
  const { t, i18n } = useTranslation(["inbox", "order"]);
  const now = useNow();
  const bill = content.bill;
  if (bill === undefined) return null;
  const money = (amount: number) => moneyText(amount, i18n.language, bill.currency);
  const over = (bill.expires_ms ?? 0) > 0 && (bill.expires_ms ?? 0) < now;
  return (
    <div className={classes.bill}>
      <header className={classes.title}>
        <Icon name="cart" size={18} />
        <b>{bill.number === "" ? t("said.bill") : t("order:orderNumber", { number: bill.number })}</b>
      </header>
      <ul className={classes.sums}>
        {bill.lines?.map((line, i) => (
          <li key={i}>
            <span>
              {line.quantity}× {line.name}
            </span>
            <span>{money((line.sale || line.price) * line.quantity)}</span>
          </li>
        ))}
        {(bill.discount ?? 0) > 0 && (
          <li>
            <span>{t("order:discount")}</span>
            <span>−{money(bill.discount ?? 0)}</span>
          </li>
        )}
        {(bill.shipping ?? 0) > 0 && (
          <li>
            <span>{t("order:shipping")}</span>
            <span>{money(bill.shipping ?? 0)}</span>
          </li>
        )}
        <li className={classes.total}>
          <span>{t("order:total")}</span>
          <span>{money(bill.total)}</span>
        </li>
      </ul>
      {bill.pix !== undefined && <Code label="Pix" value={bill.pix.code} copy={t("order:copyPix")} />}
      {bill.boleto !== undefined && bill.boleto !== "" && <Code label="Boleto" value={bill.boleto} copy={t("said.copyBoleto")} />}
      {bill.link !== undefined && bill.link !== "" && (
        <a href={bill.link} target="_blank" rel="noopener noreferrer">
          {t("said.payLink")}
        </a>
      )}
      {(bill.expires_ms ?? 0) > 0 && (
        <small className={classes.dim}>
          {over ? t("said.expired") : t("order:expires")} <RelativeTime ms={bill.expires_ms ?? 0} />
        </small>
      )}
    </div>
  );
}

function Code({ label, value, copy }: { label: string; value: string; copy: string }) {
  return (
    <div className={classes.code}>
      <b>{label}</b>
      <code>{value}</code>
      <CopyIcon value={value} label={copy} />
    </div>
  );
}

const steps = ["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"] as const;
const colours: Record<(typeof steps)[number], string> = { pending: "honey", processing: "plum", partially_shipped: "plum", shipped: "plum", completed: "leaf", canceled: "gray" };

/** How far an order is, as the customer was told. */
export function SaidProgress({ content }: { content: Content }) {
  const { t } = useTranslation(["inbox", "order"]);
  const progress = content.progress;
  if (progress === undefined) return null;
  const step = steps.find((each) => each === progress.step);
  return (
    <div className={classes.shelf}>
      <span className={classes.title}>
        <Icon name="box" size={18} />
        <b>{t("order:orderNumber", { number: progress.number })}</b>
        {step !== undefined && <Badge color={colours[step]}>{t(`said.step.${step}`)}</Badge>}
      </span>
      {progress.note && <small>{progress.note}</small>}
    </div>
  );
}

/** A cart that the customer sent from the catalog, at the prices that the customer saw. */
export function SaidCart({ content }: { content: Content }) {
  const { t, i18n } = useTranslation(["inbox", "order"]);
  const { me } = useMe();
  const items = content.order?.items ?? [];
  const known = useGoods(content.order?.catalog_id ?? "", items.map((item) => item.retailer_id));
  if (content.order === undefined) return null;
  const amounts = items.map((item) => readDecimal(item.price));
  const currency = items[0]?.currency || "BRL";
  // A sum of some prices or of two currencies would be a lie.
  const sum = amounts.every((amount) => amount !== null) && items.every((item) => item.currency === items[0]?.currency) ? items.reduce((all, item, i) => all + (amounts[i] ?? 0) * item.quantity, 0) : null;
  return (
    <div className={classes.bill}>
      <header className={classes.title}>
        <Icon name="cart" size={18} />
        <b>{t("said.cart", { count: items.reduce((all, item) => all + item.quantity, 0) })}</b>
      </header>
      <ul className={classes.goods}>
        {items.map((item, i) => {
          const good = known(item.retailer_id);
          const amount = amounts[i] ?? null;
          return (
            <li key={i}>
              <Picture url={pictureUrl(good?.image, me.company?.id ?? "")} />
              <span className={classes.what}>
                <b>{good?.name ?? item.retailer_id}</b>
                <span>{[good?.options?.join(" · "), `${item.quantity} × ${amount === null ? `${item.currency} ${item.price}` : moneyText(amount, i18n.language, item.currency || "BRL")}`].filter(Boolean).join(" · ")}</span>
              </span>
              {amount !== null && <span className={classes.number}>{moneyText(amount * item.quantity, i18n.language, item.currency || "BRL")}</span>}
            </li>
          );
        })}
      </ul>
      {sum !== null && (
        <ul className={classes.sums}>
          <li className={classes.total}>
            <span>{t("said.cartSum")}</span>
            <span>{moneyText(sum, i18n.language, currency)}</span>
          </li>
        </ul>
      )}
      {content.order.text && content.order.text !== content.text && <span>{content.order.text}</span>}
    </div>
  );
}

/** The product that a message asks about. */
export function SaidAbout({ content }: { content: Content }) {
  const { t } = useTranslation("inbox");
  const { me } = useMe();
  const about = content.about;
  const good = useGoods(about?.catalog_id ?? "", about === undefined ? [] : [about.retailer_id])(about?.retailer_id ?? "");
  if (about === undefined) return null;
  return (
    <div className={classes.about}>
      <Picture url={pictureUrl(good?.image, me.company?.id ?? "")} />
      <span className={classes.what}>
        <span>{t("said.about")}</span>
        <b>{good === undefined ? about.retailer_id : [good.name, ...good.options].join(" · ")}</b>
      </span>
    </div>
  );
}
