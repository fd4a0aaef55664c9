import { Alert, Badge, Button, Group, Modal, Paper, Select, Skeleton, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Zone, type ZoneBody } from "@/api/shop";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { moneyDraft, moneyText, readMoney } from "@/ui/money";
import { MoneyInput } from "@/ui/money-input";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { keys, zonesQuery } from "./queries";

const kinds: Zone["kind"][] = ["pickup", "neighbourhood", "cep", "flat"];

const cepText = (digits: string) => digits.replace(/^(\d{5})(\d{3})$/, "$1-$2");

/** The ways in which goods reach customers. */
export function Zones() {
  const { t } = useTranslation("order");
  const { may } = useMe();
  const write = may("product.write");
  const query = useQuery(zonesQuery);
  const [editing, setEditing] = useState<Zone | "new" | null>(null);
  const add = write && (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setEditing("new")}>
      {t("zone.add")}
    </Button>
  );
  return (
    <>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={160} radius="lg" />
      ) : query.data?.items.length === 0 ? (
        <EmptyState icon="pin" title={t("zone.empty")} text={t("zone.emptyText")} action={add} />
      ) : (
        <Stack gap="sm">
          {query.data?.items.map((zone) => (
            <ZoneCard key={zone.id} zone={zone} onEdit={write ? () => setEditing(zone) : null} />
          ))}
          <Group>{add}</Group>
        </Stack>
      )}
      {editing !== null && <ZoneDialog zone={editing === "new" ? null : editing} position={query.data?.items.length ?? 0} onClose={() => setEditing(null)} />}
    </>
  );
}

function ZoneCard({ zone, onEdit }: { zone: Zone; onEdit: (() => void) | null }) {
  const { t, i18n } = useTranslation("order");
  const client = useQueryClient();
  const say = useProblemText();
  const remove = useMutation({
    mutationFn: () => shop.delivery.removeZone(zone.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.zones }),
    onError: (error) => notify.bad(say(error)),
  });
  const money = (amount: number) => moneyText(amount, i18n.language);
  const where = zone.kind === "cep" ? `${cepText(zone.cep_from)} – ${cepText(zone.cep_to)}` : zone.kind === "neighbourhood" ? zone.neighbourhoods.join(", ") : "";
  const terms = [
    zone.price === 0 ? t("free") : money(zone.price),
    zone.free_above > 0 ? t("zone.freeFrom", { amount: money(zone.free_above) }) : "",
    zone.min_order > 0 ? t("zone.minIs", { amount: money(zone.min_order) }) : "",
    zone.promise,
  ].filter(Boolean);
  return (
    <Paper withBorder p="md" component="article" aria-label={zone.name}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div style={{ flex: "1 1 230px", minWidth: 0 }}>
          <Group gap={8}>
            <Text fw={600}>{zone.name}</Text>
            <Badge color="gray">{t(`zone.kind.${zone.kind}`)}</Badge>
            {!zone.active && <Badge color="honey">{t("off")}</Badge>}
          </Group>
          {where !== "" && (
            <Text size="sm" lineClamp={2}>
              {where}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {terms.join(" · ")}
          </Text>
        </div>
        {onEdit !== null && (
          <Group gap={4} wrap="nowrap">
            <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={t("editOne", { name: zone.name })}>
              {t("editShort")}
            </Button>
            <ConfirmButton label={t("removeOne", { name: zone.name })} title={t("removeOne", { name: zone.name })} text={t("zone.removeText")} action={t("remove")} onConfirm={() => remove.mutate()} busy={remove.isPending}>
              {t("remove")}
            </ConfirmButton>
          </Group>
        )}
      </Group>
    </Paper>
  );
}

const drafted = (amount: number) => (amount === 0 ? "" : moneyDraft(amount));
const read = (text: string) => (text.trim() === "" ? 0 : readMoney(text));

export function ZoneDialog({ zone, position, onClose }: { zone: Zone | null; position: number; onClose: () => void }) {
  const { t } = useTranslation(["order", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [kind, setKind] = useState<Zone["kind"]>(zone?.kind ?? "pickup");
  const [name, setName] = useState(zone?.name ?? "");
  const [from, setFrom] = useState(cepText(zone?.cep_from ?? ""));
  const [to, setTo] = useState(cepText(zone?.cep_to ?? ""));
  const [places, setPlaces] = useState(zone?.neighbourhoods ?? []);
  const [price, setPrice] = useState(drafted(zone?.price ?? 0));
  const [above, setAbove] = useState(drafted(zone?.free_above ?? 0));
  const [least, setLeast] = useState(drafted(zone?.min_order ?? 0));
  const [promise, setPromise] = useState(zone?.promise ?? "");
  const [active, setActive] = useState(zone?.active ?? true);
  const [tried, setTried] = useState(false);
  const digits = (cep: string) => cep.replace(/\D/g, "");
  const cepOk = (cep: string) => digits(cep).length === 8;
  const wrong = {
    name: name.trim() === "" ? t("needed") : undefined,
    from: kind === "cep" && !cepOk(from) ? t("cepUnread") : undefined,
    to: kind === "cep" && (!cepOk(to) || digits(to) < digits(from)) ? t(cepOk(to) ? "zone.cepTurned" : "cepUnread") : undefined,
    places: kind === "neighbourhood" && places.length === 0 ? t("needed") : undefined,
    price: read(price) === null ? t("moneyUnread") : undefined,
    above: read(above) === null ? t("moneyUnread") : undefined,
    least: read(least) === null ? t("moneyUnread") : undefined,
  };
  const shown = (name: keyof typeof wrong) => (tried ? wrong[name] : undefined);
  const save = useMutation({
    mutationFn: (body: ZoneBody) => (zone === null ? shop.delivery.createZone(body) : shop.delivery.changeZone(zone.id, body)),
    onSuccess: () => {
      onClose();
      notify.good(t("common:saved"));
      return client.invalidateQueries({ queryKey: ["delivery"] });
    },
  });
  const submit = () => {
    setTried(true);
    if (Object.values(wrong).some((each) => each !== undefined)) return;
    save.mutate({
      kind,
      name: name.trim(),
      ...(kind === "cep" ? { cep_from: digits(from), cep_to: digits(to) } : {}),
      ...(kind === "neighbourhood" ? { neighbourhoods: places } : {}),
      price: read(price) ?? 0,
      free_above: read(above) ?? 0,
      min_order: read(least) ?? 0,
      promise: promise.trim(),
      position: zone?.position ?? position,
      active,
    });
  };
  return (
    <Modal opened onClose={onClose} title={zone === null ? t("zone.add") : zone.name} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <Select label={t("zone.how")} allowDeselect={false} value={kind} onChange={(value) => value !== null && setKind(value as Zone["kind"])} data={kinds.map((value) => ({ value, label: t(`zone.kind.${value}`) }))} data-autofocus />
          <TextInput label={t("zone.name")} placeholder={t(`zone.nameHint.${kind}`)} required maxLength={200} value={name} error={shown("name")} onChange={(event) => setName(event.currentTarget.value)} />
          {kind === "cep" && (
            <Group grow align="flex-start">
              <TextInput label={t("zone.cepFrom")} placeholder="01000-000" inputMode="numeric" required maxLength={9} value={from} error={shown("from")} onChange={(event) => setFrom(event.currentTarget.value)} />
              <TextInput label={t("zone.cepTo")} placeholder="05999-999" inputMode="numeric" required maxLength={9} value={to} error={shown("to")} onChange={(event) => setTo(event.currentTarget.value)} />
            </Group>
          )}
          {kind === "neighbourhood" && <TagsInput label={t("zone.places")} description={t("zone.placesText")} required splitChars={[",", ";"]} value={places} error={shown("places")} onChange={setPlaces} />}
          <Group grow align="flex-start">
            <MoneyInput label={t("zone.price")} placeholder="0,00" value={price} error={wrong.price} onChange={setPrice} />
            <MoneyInput label={t("zone.freeAbove")} placeholder={t("never")} value={above} error={wrong.above} onChange={setAbove} />
          </Group>
          <Group grow align="flex-start">
            <MoneyInput label={t("zone.minOrder")} placeholder={t("none")} value={least} error={wrong.least} onChange={setLeast} />
            <TextInput label={t("zone.promise")} placeholder={t("zone.promiseHint")} maxLength={200} value={promise} onChange={(event) => setPromise(event.currentTarget.value)} />
          </Group>
          <Switch label={t("zone.active")} checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
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
