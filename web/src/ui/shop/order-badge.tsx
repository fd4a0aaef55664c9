import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Order, OrderState } from "@/api/shop";
import { Icon } from "../icon";
import { paymentColours, stateColours } from "./order-state";

const attentions = ["refund_due", "overpaid", "short_paid", "to_collect"] as const;

/** States that say by themselves that nothing was paid. */
const unpaidAnyway: OrderState[] = ["awaiting_payment", "expired", "canceled"];

/** How far an order is, how far its money, and whether a person has to do something about it. */
export function OrderBadges({ order, size = "md" }: { order: Pick<Order, "state" | "payment_state" | "attention">; size?: "md" | "lg" }) {
  const { t } = useTranslation("order");
  const attention = attentions.find((each) => each === order.attention);
  return (
    <>
      <Badge size={size} color={stateColours[order.state]}>
        {t(`states.${order.state}`)}
      </Badge>
      {!(order.payment_state === "unpaid" && unpaidAnyway.includes(order.state)) && (
        <Badge size={size} color={paymentColours[order.payment_state]} variant="outline">
          {t(`money.${order.payment_state}`)}
        </Badge>
      )}
      {attention !== undefined && (
        <Badge size={size} color="honey" leftSection={<Icon name="alert" size={12} />}>
          {t(`attention.${attention}`)}
        </Badge>
      )}
    </>
  );
}
