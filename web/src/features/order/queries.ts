import { orderKeys } from "@/api/shop-cache";
import { shop } from "@/api/shop";

export { orderKeys as keys, useFreshOrders } from "@/api/shop-cache";

export const zonesQuery = { queryKey: orderKeys.zones, queryFn: shop.delivery.zones };
