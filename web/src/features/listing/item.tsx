import { Badge, Button, Group, Menu, Modal, Text, ActionIcon } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listing, type CatalogItem, type CatalogState } from "@/api/listing";
import { useMe } from "@/api/session";
import { Icon } from "@/ui/icon";
import { moneyText, readDecimal, readMoney } from "@/ui/money";
import { MoneyInput } from "@/ui/money-input";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { Picture } from "@/ui/shop/picture";
import classes from "./listing.module.css";
import { keys } from "./queries";

export const colours: Record<CatalogState, string> = { visible: "leaf", waiting: "honey", problem: "brick", foreign: "gray" };

/** What a person is told of an item: a name of the state, why, and what to do. */
export function useWords(item: CatalogItem): { why: string; todo: string } {
  const { t } = useTranslation("listing");
  const known = item.reason !== "";
  return {
    why: known ? t(`reason.${item.reason}`, { defaultValue: t("reason.other") }) : t(`reason.${item.state}`),
    todo: known ? t(`todo.${item.reason}`, { defaultValue: item.state === "problem" ? t("todo.other") : "" }) : item.state === "foreign" ? t("todo.foreign") : "",
  };
}

/** A price as it was sent, such as "49.90 BRL", as people write it; what is spelled otherwise stays. */
export function sentPrice(text: string, language: string): string {
  const [digits = "", currency = ""] = text.split(" ");
  const amount = readDecimal(digits);
  return amount === null || !/^[A-Z]{3}$/.test(currency) ? text : moneyText(amount, language, currency);
}

/** Pictures that we keep are fetched from where the page comes from; Meta may know the house by another name. */
export const ownPicture = (url: string): string => /^https?:\/\/[^/]+(\/api\/v1\/public\/images\/.+)$/.exec(url)?.[1] ?? url;

/** An item of the catalog in one line. */
export function Row({ item, catalog }: { item: CatalogItem; catalog: string }) {
  const { t, i18n } = useTranslation("listing");
  const { may } = useMe();
  const { why, todo } = useWords(item);
  const price = sentPrice(item.price, i18n.language);
  return (
    <div className={classes.row}>
      <Picture url={ownPicture(item.image_url)} />
      <span style={{ minWidth: 0 }}>
        <span className={classes.name}>
          {item.product_id === "" ? (
            item.name
          ) : (
            <Link to="/products/$product" params={{ product: item.product_id }}>
              {item.name === "" ? item.retailer_id : item.name}
            </Link>
          )}
        </span>
        <span className={classes.under}>
          {item.sale_price === "" ? (
            price || item.meta_price
          ) : (
            <>
              {sentPrice(item.sale_price, i18n.language)} <s>{price}</s>
            </>
          )}
        </span>
      </span>
      <span className={classes.words}>
        <Badge color={colours[item.state]} leftSection={item.state === "problem" ? <Icon name="alert" size={12} /> : undefined}>
          {t(`state.${item.state}`)}
        </Badge>
        <span className={classes.why}>{why}</span>
        {todo !== "" && <span className={classes.todo}>{todo}</span>}
        {item.state === "problem" && item.text !== "" && (
          <details className={classes.said}>
            <summary>{t("metaSays")}</summary>
            <q lang="en">{item.text}</q>
          </details>
        )}
      </span>
      <span className={classes.act}>{may("product.write") && <Acts item={item} catalog={catalog} />}</span>
    </div>
  );
}

function Acts({ item, catalog }: { item: CatalogItem; catalog: string }) {
  const { t } = useTranslation("listing");
  const say = useProblemText();
  const client = useQueryClient();
  const [importing, setImporting] = useState(false);
  const done = (text: string) => {
    notify.good(text);
    void client.invalidateQueries({ queryKey: keys.all });
  };
  const push = useMutation({ mutationFn: () => listing.push(catalog, [item.retailer_id]), onSuccess: () => done(t("pushing")), onError: (error) => notify.bad(say(error)) });
  const refresh = useMutation({ mutationFn: () => listing.refresh(catalog, item.retailer_id), onSuccess: () => done(t("refreshed")), onError: (error) => notify.bad(say(error)) });
  if (item.state === "foreign")
    return (
      <>
        <Button size="compact-sm" variant="light" onClick={() => setImporting(true)}>
          {t("import")}
        </Button>
        <Import item={item} catalog={catalog} opened={importing} onClose={() => setImporting(false)} onDone={() => done(t("imported"))} />
      </>
    );
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("acts", { name: item.name })} loading={push.isPending || refresh.isPending}>
          <Icon name="more" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="send" size={16} />} onClick={() => push.mutate()}>
          {t("pushOne")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="retry" size={16} />} onClick={() => refresh.mutate()}>
          {t("refresh")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Makes a product of what only Meta knows. Its price there is a text, so a person says it. */
function Import({ item, catalog, opened, onClose, onDone }: { item: CatalogItem; catalog: string; opened: boolean; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation(["listing", "common"]);
  const say = useProblemText();
  const [price, setPrice] = useState((item.meta_price ?? "").replace(/[^\d.,]/g, ""));
  const amount = readMoney(price);
  const take = useMutation({
    mutationFn: () => listing.import(catalog, item.retailer_id, amount ?? 0),
    onSuccess: () => {
      onClose();
      onDone();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("importTitle", { name: item.name })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (amount !== null && amount > 0) take.mutate();
        }}
      >
        <Text mb="md">{t("importText")}</Text>
        <MoneyInput label={t("price")} description={item.meta_price === "" ? undefined : t("metaPrice", { price: item.meta_price })} value={price} onChange={setPrice} data-autofocus />
        {take.isError && (
          <Text c="brick" size="sm" mt="sm" role="alert">
            {say(take.error)}
          </Text>
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={take.isPending} disabled={amount === null || amount <= 0}>
            {t("import")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
