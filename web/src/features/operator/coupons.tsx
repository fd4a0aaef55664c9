import { Alert, Badge, Button, Group, Modal, MultiSelect, NumberInput, SegmentedControl, SimpleGrid, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type Promotion } from "@/api/operator";
import { asProblem } from "@/api/problem";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { MoneyInput } from "@/ui/money-input";
import { moneyText } from "@/ui/money";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { planName } from "./companies";
import { couponDraft, couponOf, emptyCoupon, type CouponDraft, type WrongCoupon } from "./coupon-draft";
import classes from "./operator.module.css";
import { Grid, Listing } from "@/ui/part";
import { plansQuery } from "./queries";

/** How a coupon stands now. */
export function couponState(coupon: Promotion, now: number): "off" | "later" | "over" | "empty" | "on" {
  if (!coupon.active) return "off";
  if (coupon.to_ms > 0 && coupon.to_ms < now) return "over";
  if (coupon.most > 0 && coupon.used >= coupon.most) return "empty";
  return coupon.from_ms > now ? "later" : "on";
}

const colours = { off: "gray", later: "plum", over: "gray", empty: "honey", on: "leaf" } as const;

/** Coupons of the platform's own plans: what each takes off, for whom, and how often it was used. */
export default function CouponsPage() {
  const { t } = useTranslation("operator");
  const now = useNow();
  const language = spoken();
  const [open, setOpen] = useState<Promotion | "new" | null>(null);
  const query = useInfiniteQuery({ queryKey: ["operator", "promotions"], queryFn: ({ pageParam }) => operator.promotions.list(pageParam), initialPageParam: "", getNextPageParam: (page) => page.next });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const add = (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setOpen("new")}>
      {t("couponAdd")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("room.coupons")} text={t("couponsText")}>
        {add}
      </PageHeader>
      <Listing query={query} count={rows.length} empty={<EmptyState icon="card" title={t("couponsNone")} text={t("couponsNoneText")} />}>
        <Grid label={t("room.coupons")} heads={[t("couponCode"), t("discount"), t("validity"), t("couponUsed"), t("state")]}>
          {rows.map((coupon) => {
            const state = couponState(coupon, now);
            return (
              <Table.Tr key={coupon.id}>
                <Table.Td>
                  <button type="button" className={classes.rowLink} style={{ border: 0, background: "none", padding: 0, font: "inherit", fontWeight: 600, cursor: "pointer" }} onClick={() => setOpen(coupon)}>
                    {coupon.code}
                  </button>
                </Table.Td>
                <Table.Td>
                  {coupon.percent > 0 ? new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 }).format(coupon.percent / 10_000) : moneyText(coupon.amount, language, coupon.currency)}
                  <Text size="xs" c="dimmed">
                    {coupon.cycles === 0 ? t("cyclesAll") : t("cycles", { count: coupon.cycles })}
                  </Text>
                </Table.Td>
                <Table.Td style={{ whiteSpace: "nowrap" }}>{[coupon.from_ms > 0 && t("fromDay", { date: shortDate(coupon.from_ms, language) }), coupon.to_ms > 0 && t("toDay", { date: shortDate(coupon.to_ms, language) })].filter(Boolean).join(" ") || t("always")}</Table.Td>
                <Table.Td>
                  {coupon.used}
                  {coupon.most > 0 && ` / ${coupon.most}`}
                </Table.Td>
                <Table.Td>
                  <Badge color={colours[state]}>{t(`couponState.${state}`)}</Badge>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Grid>
      </Listing>
      {open !== null && <CouponForm coupon={open} onClose={() => setOpen(null)} />}
    </PageBody>
  );
}

function CouponForm({ coupon, onClose }: { coupon: Promotion | "new"; onClose: () => void }) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const plans = useQuery(plansQuery);
  const [draft, setDraft] = useState<CouponDraft>(() => (coupon === "new" ? emptyCoupon : couponDraft(coupon)));
  const [tried, setTried] = useState(false);
  const { body, wrong } = couponOf(draft);
  const set = (fields: Partial<CouponDraft>) => setDraft((old) => ({ ...old, ...fields }));
  const bad = (field: WrongCoupon) => (tried && wrong.includes(field) ? t("checkField") : null);
  const save = useMutation({
    mutationFn: () => (coupon === "new" ? operator.promotions.create(body) : operator.promotions.change(coupon.id, body)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["operator"] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={coupon === "new" ? t("couponAdd") : coupon.code} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong.length === 0) save.mutate();
        }}
      >
        <Stack>
          {save.isError && (
            <Alert color="brick" role="alert">
              {say(save.error)}
              <Text size="xs">{asProblem(save.error).message}</Text>
            </Alert>
          )}
          <TextInput label={t("couponCode")} description={t("couponCodeText")} value={draft.code} maxLength={32} error={bad("code")} onChange={(event) => set({ code: event.currentTarget.value.toUpperCase() })} data-autofocus />
          <SegmentedControl role="radiogroup" aria-label={t("discount")} value={draft.kind} onChange={(value) => set({ kind: value as CouponDraft["kind"] })} data={(["percent", "amount"] as const).map((value) => ({ value, label: t(`couponKind.${value}`) }))} style={{ alignSelf: "flex-start" }} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {draft.kind === "percent" ? (
              <NumberInput label={t("couponKind.percent")} suffix=" %" value={draft.percent} onChange={(percent) => set({ percent })} min={0} max={100} decimalScale={2} decimalSeparator="," error={bad("percent")} />
            ) : (
              <MoneyInput label={t("couponKind.amount")} value={draft.amount} onChange={(amount) => set({ amount })} error={bad("amount")} />
            )}
            <NumberInput label={t("couponCycles")} description={t("zeroAll")} value={draft.cycles} onChange={(cycles) => set({ cycles })} min={0} max={120} allowDecimal={false} error={bad("cycles")} />
            <TextInput type="date" label={t("couponFrom")} value={draft.from} onChange={(event) => set({ from: event.currentTarget.value })} />
            <TextInput type="date" label={t("couponTo")} value={draft.to} error={bad("to")} onChange={(event) => set({ to: event.currentTarget.value })} />
            <NumberInput label={t("couponMost")} description={t("zeroEndless")} value={draft.most} onChange={(most) => set({ most })} min={0} allowDecimal={false} error={bad("most")} />
            <MultiSelect label={t("couponPlans")} description={t("couponPlansText")} data={(plans.data?.items ?? []).map((edition) => ({ value: edition.id, label: planName(edition, spoken()) }))} value={draft.plans} onChange={(list) => set({ plans: list })} />
          </SimpleGrid>
          <Switch label={t("couponActive")} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
