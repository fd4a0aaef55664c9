import { Alert, SegmentedControl } from "@mantine/core";
import { useLocalStorage, useNetwork } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { ListRow } from "../apply";
import { CartPart } from "./cart";
import { OfferPart } from "./offer";
import { OrdersPart } from "./orders";
import classes from "./shop.module.css";

const parts = ["cart", "orders", "offer"] as const;
type Part = (typeof parts)[number];

/** Selling beside the conversation: the customer's cart and orders, and goods to show. */
export function ShopPanel({ row }: { row: ListRow }) {
  const { t } = useTranslation("inbox");
  const { may } = useMe();
  const { online } = useNetwork();
  const [chosen, setChosen] = useLocalStorage<Part>({ key: "prosa-shop-part", defaultValue: "cart", getInitialValueInEffect: false });
  const open = parts.filter((part) => part !== "offer" || (may("inbox.reply") && may("product.read")));
  const part = open.find((each) => each === chosen) ?? "cart";
  return (
    <div className={classes.shop}>
      <div className={classes.parts}>
        <SegmentedControl fullWidth size="xs" value={part} onChange={setChosen} aria-label={t("shop.parts")} data={open.map((value) => ({ value, label: t(`shop.part.${value}`) }))} />
      </div>
      <div role="status">
        {!online && (
          <Alert color="honey" mb="sm" role={undefined}>
            {t("shop.offline")}
          </Alert>
        )}
      </div>
      {part === "cart" && <CartPart row={row} onOrders={() => setChosen("orders")} />}
      {part === "orders" && <OrdersPart row={row} onCart={() => setChosen("cart")} />}
      {part === "offer" && <OfferPart row={row} />}
    </div>
  );
}
