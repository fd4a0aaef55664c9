import { Alert, Badge, Button, Group, Modal, Paper, Select, Skeleton, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Coupon, type CouponBody } from "@/api/shop";
import { shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyDraft, moneyText, readMoney } from "@/ui/money";
import { MoneyInput } from "@/ui/money-input";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { keys } from "./queries";

/** Codes that give something off. */
export function Coupons() {
  const { t } = useTranslation(["order", "common"]);
  const { may } = useMe();
  const write = may("product.write");
  const [editing, setEditing] = useState<Coupon | "new" | null>(null);
  const query = useInfiniteQuery({ queryKey: keys.coupons, queryFn: ({ pageParam }) => shop.coupons.list(pageParam), initialPageParam: "", getNextPageParam: (last) => last.next });
  const coupons = query.data?.pages.flatMap((page) => page.items) ?? [];
  const add = write && (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setEditing("new")}>
      {t("couponOf.add")}
    </Button>
  );
  return (
    <>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={160} radius="lg" />
      ) : coupons.length === 0 ? (
        <EmptyState icon="pin" title={t("couponOf.empty")} text={t("couponOf.emptyText")} action={add} />
      ) : (
        <Stack gap="sm">
          {coupons.map((coupon) => (
            <CouponCard key={coupon.id} coupon={coupon} onEdit={write ? () => setEditing(coupon) : null} />
          ))}
          {query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("common:more")}
            </Button>
          )}
          <Group>{add}</Group>
        </Stack>
      )}
      {editing !== null && <CouponDialog coupon={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

/** Basis points as people say them: 1250 is "12,5". */
export const percentDraft = (points: number) => moneyDraft(points).replace(/,?0+$/, "");

function CouponCard({ coupon, onEdit }: { coupon: Coupon; onEdit: (() => void) | null }) {
  const { t, i18n } = useTranslation("order");
  const money = (amount: number) => moneyText(amount, i18n.language);
  const gives = coupon.kind === "percent" ? t("couponOf.percentOff", { percent: percentDraft(coupon.value) }) : coupon.kind === "fixed" ? t("couponOf.fixedOff", { amount: money(coupon.value) }) : t("couponOf.kind.free_shipping");
  const terms = [
    coupon.min_subtotal > 0 ? t("couponOf.minIs", { amount: money(coupon.min_subtotal) }) : "",
    coupon.first_order ? t("couponOf.firstOrder") : "",
    coupon.contact_limit > 0 ? t("couponOf.each", { count: coupon.contact_limit }) : "",
    coupon.from_ms > 0 ? t("couponOf.fromIs", { date: shortDate(coupon.from_ms, i18n.language) }) : "",
    coupon.to_ms > 0 ? t("couponOf.toIs", { date: shortDate(coupon.to_ms, i18n.language) }) : "",
  ].filter(Boolean);
  return (
    <Paper withBorder p="md" component="article" aria-label={coupon.code}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Group gap={8}>
            <Text fw={650} ff="monospace">
              {coupon.code}
            </Text>
            <Badge>{gives}</Badge>
            {!coupon.active && <Badge color="honey">{t("off")}</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            {[coupon.total_limit > 0 ? t("couponOf.usedOf", { used: coupon.used, limit: coupon.total_limit }) : t("couponOf.used", { count: coupon.used }), ...terms].join(" · ")}
          </Text>
        </div>
        {onEdit !== null && (
          <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={t("editOne", { name: coupon.code })}>
            {t("editShort")}
          </Button>
        )}
      </Group>
    </Paper>
  );
}

const drafted = (amount: number) => (amount === 0 ? "" : moneyDraft(amount));
const day = (ms: number) => (ms === 0 ? "" : new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 10));
/** Midnight of a day as the browser counts it, some days on; 0 when there is no day. */
function midnight(text: string, later: number): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts === null ? 0 : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later).getTime();
}
const whole = (text: string) => (text.trim() === "" ? 0 : /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null);

export function CouponDialog({ coupon, onClose }: { coupon: Coupon | null; onClose: () => void }) {
  const { t } = useTranslation(["order", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [code, setCode] = useState(coupon?.code ?? "");
  const [kind, setKind] = useState<Coupon["kind"]>(coupon?.kind ?? "percent");
  const [value, setValue] = useState(coupon === null ? "" : coupon.kind === "percent" ? percentDraft(coupon.value) : drafted(coupon.value));
  const [least, setLeast] = useState(drafted(coupon?.min_subtotal ?? 0));
  const [first, setFirst] = useState(coupon?.first_order ?? false);
  const [total, setTotal] = useState(coupon === null || coupon.total_limit === 0 ? "" : String(coupon.total_limit));
  const [each, setEach] = useState(coupon === null || coupon.contact_limit === 0 ? "" : String(coupon.contact_limit));
  const [from, setFrom] = useState(day(coupon?.from_ms ?? 0));
  // The end is kept as the midnight after the last day, and said as the last day.
  const [to, setTo] = useState(coupon === null || coupon.to_ms === 0 ? "" : day(coupon.to_ms - 1));
  const [active, setActive] = useState(coupon?.active ?? true);
  const [tried, setTried] = useState(false);
  // A percentage has at most two places, as money has: the same reading gives basis points.
  const amount = kind === "free_shipping" ? 0 : readMoney(value);
  const wrong = {
    code: /^[A-Za-z0-9-]{2,40}$/.test(code.trim()) ? undefined : t("couponOf.codeUnread"),
    value: kind === "free_shipping" || (amount !== null && amount > 0 && (kind === "fixed" || amount <= 10_000)) ? undefined : t(kind === "percent" ? "couponOf.percentUnread" : "moneyUnread"),
    least: least.trim() === "" || readMoney(least) !== null ? undefined : t("moneyUnread"),
    total: whole(total) === null ? t("countUnread") : undefined,
    each: whole(each) === null ? t("countUnread") : undefined,
    to: from !== "" && to !== "" && to < from ? t("couponOf.turned") : undefined,
  };
  const shown = (name: keyof typeof wrong) => (tried ? wrong[name] : undefined);
  const save = useMutation({
    mutationFn: (body: CouponBody) => (coupon === null ? shop.coupons.create(body) : shop.coupons.change(coupon.id, body)),
    onSuccess: () => {
      onClose();
      notify.good(t("common:saved"));
      return client.invalidateQueries({ queryKey: keys.coupons });
    },
  });
  const submit = () => {
    setTried(true);
    if (Object.values(wrong).some((flaw) => flaw !== undefined)) return;
    save.mutate({
      code: code.trim().toUpperCase(),
      kind,
      value: amount ?? 0,
      min_subtotal: readMoney(least) ?? 0,
      first_order: first,
      total_limit: whole(total) ?? 0,
      contact_limit: whole(each) ?? 0,
      from_ms: midnight(from, 0),
      to_ms: midnight(to, 1),
      active,
    });
  };
  return (
    <Modal opened onClose={onClose} title={coupon === null ? t("couponOf.add") : coupon.code} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <TextInput label={t("couponOf.code")} placeholder="BEMVINDO10" required maxLength={40} value={code} error={shown("code")} onChange={(event) => setCode(event.currentTarget.value.toUpperCase())} data-autofocus />
          <Group grow align="flex-start">
            <Select label={t("couponOf.gives")} allowDeselect={false} value={kind} onChange={(next) => next !== null && setKind(next as Coupon["kind"])} data={(["percent", "fixed", "free_shipping"] as const).map((each) => ({ value: each, label: t(`couponOf.kind.${each}`) }))} />
            {kind === "percent" && <TextInput label={t("couponOf.percent")} rightSection="%" inputMode="decimal" required maxLength={6} value={value} error={shown("value")} onChange={(event) => setValue(event.currentTarget.value)} />}
            {kind === "fixed" && <MoneyInput label={t("couponOf.amount")} required value={value} error={shown("value")} onChange={setValue} />}
          </Group>
          <MoneyInput label={t("couponOf.minimum")} placeholder={t("none")} value={least} error={shown("least")} onChange={setLeast} />
          <Group grow align="flex-start">
            <TextInput label={t("couponOf.totalLimit")} placeholder={t("couponOf.noLimit")} inputMode="numeric" maxLength={9} value={total} error={shown("total")} onChange={(event) => setTotal(event.currentTarget.value)} />
            <TextInput label={t("couponOf.contactLimit")} placeholder={t("couponOf.noLimit")} inputMode="numeric" maxLength={9} value={each} error={shown("each")} onChange={(event) => setEach(event.currentTarget.value)} />
          </Group>
          <Group grow align="flex-start">
            <TextInput type="date" label={t("couponOf.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
            <TextInput type="date" label={t("couponOf.to")} value={to} error={shown("to")} onChange={(event) => setTo(event.currentTarget.value)} />
          </Group>
          <Switch label={t("couponOf.firstOrder")} checked={first} onChange={(event) => setFirst(event.currentTarget.checked)} />
          <Switch label={t("couponOf.active")} checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
          {save.isError && <Alert color="brick">{say(save.error)}</Alert>}
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
