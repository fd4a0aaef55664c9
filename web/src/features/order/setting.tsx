import { Button, Tabs } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { PageBody, PageHeader } from "@/ui/state";
import { Coupons } from "./coupon";
import { PaymentSettings } from "./pay-setting";
import { SaleSettings } from "./sale-setting";
import { Zones } from "./zone";

const tabs = ["delivery", "coupons", "payments", "conversation"] as const;

/** How the shop delivers, what it gives off, how it is paid, and how it sells in conversations. */
export default function ShopSettingsPage() {
  const { t } = useTranslation("order");
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab = tabs.find((each) => each === search.tab) ?? "delivery";
  return (
    <PageBody>
      <Button component={Link} to="/orders" variant="subtle" size="compact-sm" mb="sm" leftSection={<Icon name="back" size={16} />}>
        {t("title")}
      </Button>
      <PageHeader title={t("settingsTitle")} text={t("settingsText")} />
      <Tabs value={tab} onChange={(next) => void navigate({ to: "/orders/settings", search: { tab: next ?? "delivery" } as never, replace: true })} keepMounted={false}>
        <Tabs.List mb="lg">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="delivery">
          <Zones />
        </Tabs.Panel>
        <Tabs.Panel value="coupons">
          <Coupons />
        </Tabs.Panel>
        <Tabs.Panel value="payments">
          <PaymentSettings />
        </Tabs.Panel>
        <Tabs.Panel value="conversation">
          <SaleSettings />
        </Tabs.Panel>
      </Tabs>
    </PageBody>
  );
}
