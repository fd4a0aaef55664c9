import { ActionIcon, Alert, Badge, Button, FileButton, Group, Paper, Select, SimpleGrid, Skeleton, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { pictureUrl, shop, type Product, type ProductState } from "@/api/shop";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState, PageBody, PageHeader } from "@/ui/state";
import { bodyOf, categoryChoices, draftOf, emptyDraft, flawsOf, freshKey, type Flaws, type ProductDraft } from "./draft";
import { stateColours } from "./page";
import { Picture } from "@/ui/shop/picture";
import classes from "./product.module.css";
import { collectionsQuery, keys } from "./queries";
import { Variants } from "./variant";

/** A product that does not exist yet. */
export function NewProductPage() {
  const { t } = useTranslation("product");
  return (
    <PageBody>
      <Back />
      <PageHeader title={t("add")} text={t("addText")} />
      <Editor product={null} />
    </PageBody>
  );
}

/** One product, as it is and to be changed. */
export default function ProductPage() {
  const { product: id = "" } = useParams({ strict: false });
  const query = useQuery({ queryKey: keys.one(id), queryFn: () => shop.products.get(id) });
  return (
    <PageBody>
      <Back />
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Stack aria-busy="true">
          <Skeleton height={40} width={260} />
          <Skeleton height={220} radius="lg" />
          <Skeleton height={220} radius="lg" />
        </Stack>
      ) : (
        <Existing product={query.data} />
      )}
    </PageBody>
  );
}

export function Back() {
  const { t } = useTranslation("product");
  return (
    <Button component={Link} to="/products" variant="subtle" size="compact-sm" mb="sm" leftSection={<Icon name="back" size={16} />}>
      {t("title")}
    </Button>
  );
}

function Existing({ product }: { product: Product }) {
  const { t } = useTranslation("product");
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const state = useMutation({
    mutationFn: (next: ProductState) => shop.products.state(product.id, next),
    onSuccess: (after) => {
      client.setQueryData(keys.one(product.id), after);
      notify.good(t(`stateDone.${after.state}`));
      return client.invalidateQueries({ queryKey: ["products", "list"] });
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <>
      <PageHeader title={product.name}>
        <Badge color={stateColours[product.state]} size="lg">
          {t(`states.${product.state}`)}
        </Badge>
        {may("product.write") &&
          (product.state === "archived" ? (
            <Button variant="default" loading={state.isPending} onClick={() => state.mutate("active")}>
              {t("unarchive")}
            </Button>
          ) : (
            <ConfirmButton label={t("archive")} title={t("archiveTitle", { name: product.name })} text={t("archiveText")} action={t("archive")} onConfirm={() => state.mutate("archived")} busy={state.isPending} />
          ))}
      </PageHeader>
      <Editor key={`${product.id}.${product.state}`} product={product} />
    </>
  );
}

/** The form of a product. What is written stays when the server tells of changes; saving over them is refused there. */
export function Editor({ product }: { product: Product | null }) {
  const { t } = useTranslation(["product", "common"]);
  const { may } = useMe();
  const write = may("product.write");
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useProblemText();
  const form = useRef<HTMLFormElement>(null);
  const [seen, setSeen] = useState(product);
  const [draft, setDraft] = useState<ProductDraft>(() => (product === null ? emptyDraft() : draftOf(product)));
  const [flaws, setFlaws] = useState<Flaws>({});
  const collections = useQuery(collectionsQuery);
  const set = (fields: Partial<ProductDraft>) => setDraft((old) => ({ ...old, ...fields }));
  const wrong = (path: string) => (flaws[path] === undefined ? undefined : t(`flaw.${flaws[path]}`));
  const save = useMutation({
    mutationFn: (next: ProductDraft) => (seen === null ? shop.products.create(bodyOf(next, 0)) : shop.products.change(seen.id, bodyOf(next, seen.version))),
    onSuccess: (saved) => {
      client.setQueryData(keys.one(saved.id), saved);
      void client.invalidateQueries({ queryKey: ["products", "list"] });
      notify.good(t("common:saved"));
      setSeen(saved);
      setDraft(draftOf(saved));
      if (seen === null) void navigate({ to: "/products/$product", params: { product: saved.id }, replace: true });
    },
  });
  const submit = () => {
    const found = flawsOf(draft);
    setFlaws(found);
    if (Object.keys(found).length === 0) save.mutate(draft);
    // The first field that is marked is brought into view, once it is drawn.
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const problem = save.isError ? asProblem(save.error) : null;
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <fieldset disabled={!write} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="lg">
          <Section title={t("basics")}>
            <TextInput label={t("name")} required maxLength={400} value={draft.name} error={wrong("name")} onChange={(event) => set({ name: event.currentTarget.value })} />
            <Textarea label={t("description")} description={t("descriptionText")} autosize minRows={3} maxRows={12} maxLength={20000} value={draft.description} onChange={(event) => set({ description: event.currentTarget.value })} />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Select
                label={t("category")}
                placeholder={t("noCategory")}
                clearable
                searchable
                clearButtonProps={{ "aria-label": t("clear") }}
                nothingFoundMessage={t("nothing")}
                value={draft.category === "" ? null : draft.category}
                onChange={(value) => set({ category: value ?? "" })}
                data={categoryChoices(collections.data?.items ?? [])}
              />
              <TextInput label={t("brand")} maxLength={200} value={draft.brand} onChange={(event) => set({ brand: event.currentTarget.value })} />
              <Select
                label={t("state")}
                allowDeselect={false}
                value={draft.state}
                onChange={(value) => value !== null && set({ state: value as ProductState })}
                data={(["active", "draft", "archived"] as const).map((value) => ({ value, label: t(`states.${value}`) }))}
              />
              <TextInput label={t("ncm")} description={t("ncmText")} inputMode="numeric" maxLength={8} value={draft.ncm} error={wrong("ncm")} onChange={(event) => set({ ncm: event.currentTarget.value })} />
            </SimpleGrid>
          </Section>
          <Section title={t("images")} text={t("imagesText")}>
            <Images draft={draft} set={set} wrong={wrong} />
          </Section>
          <Section title={t("variantsTitle")} text={t("variantsText")}>
            <Variants draft={draft} set={setDraft} wrong={wrong} productId={seen?.id ?? ""} />
          </Section>
        </Stack>
      </fieldset>
      {problem !== null && (
        <Alert color="brick" mt="lg" title={say(problem)}>
          {problem.code === "conflict" && problem.reason === "" && seen !== null ? (
            <Button
              size="compact-sm"
              variant="light"
              color="brick"
              onClick={() =>
                void shop.products.get(seen.id).then((fresh) => {
                  client.setQueryData(keys.one(fresh.id), fresh);
                  setSeen(fresh);
                  setDraft(draftOf(fresh));
                  save.reset();
                }, () => undefined)
              }
            >
              {t("reload")}
            </Button>
          ) : (
            problem.code === "invalid" && (
              <Text size="sm" lang="en">
                {[problem.field, problem.message].filter(Boolean).join(": ")}
              </Text>
            )
          )}
        </Alert>
      )}
      {write && (
        <div className={classes.bar}>
          {Object.keys(flaws).length > 0 && (
            <Text size="sm" c="var(--p-bad)" role="status" flex={1}>
              {t("flaws", { count: Object.keys(flaws).length })}
            </Text>
          )}
          <Button component={Link} to="/products" variant="default">
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </div>
      )}
    </form>
  );
}

function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2} size="h3">
        {title}
      </Title>
      {text !== undefined && (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
      <Stack gap="md" mt="md">
        {children}
      </Stack>
    </Paper>
  );
}

const maxImages = 20;

function Images({ draft, set, wrong }: { draft: ProductDraft; set: (fields: Partial<ProductDraft>) => void; wrong: (path: string) => string | undefined }) {
  const { t } = useTranslation("product");
  const { me } = useMe();
  const say = useProblemText();
  const change = (key: string, fields: { url?: string; alt?: string }) => set({ images: draft.images.map((image) => (image.key === key ? { ...image, ...fields } : image)) });
  const upload = useMutation({
    mutationFn: shop.products.upload,
    onSuccess: (picture) => set({ images: [...draft.images, { key: freshKey(), url: "", blob: picture.blob, alt: "" }] }),
    onError: (error) => notify.bad(say(error)),
  });
  const full = draft.images.length >= maxImages;
  return (
    <>
      {draft.images.map((image, i) => (
        <Group key={image.key} wrap="nowrap" align="flex-start" gap="sm">
          <Picture url={pictureUrl(image, me.company?.id ?? "")} />
          <SimpleGrid cols={{ base: 1, sm: 2 }} flex={1} spacing="xs">
            {image.blob === "" ? (
              <TextInput aria-label={t("imageUrl", { number: i + 1 })} placeholder="https://" type="url" maxLength={2000} value={image.url} error={wrong(`images.${i}.url`)} onChange={(event) => change(image.key, { url: event.currentTarget.value })} />
            ) : (
              <Text size="sm" c="dimmed" mt={8}>
                {t("uploaded")}
              </Text>
            )}
            <TextInput aria-label={t("imageAlt", { number: i + 1 })} placeholder={t("imageAltHint")} maxLength={400} value={image.alt} onChange={(event) => change(image.key, { alt: event.currentTarget.value })} />
          </SimpleGrid>
          <ActionIcon aria-label={t("dropImage", { number: i + 1 })} onClick={() => set({ images: draft.images.filter((each) => each !== image) })}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs">
        <FileButton accept="image/jpeg,image/png" onChange={(file) => file !== null && upload.mutate(file)} disabled={full}>
          {(props) => (
            <Button {...props} variant="light" loading={upload.isPending} disabled={full} leftSection={<Icon name="image" size={17} />}>
              {t("upload")}
            </Button>
          )}
        </FileButton>
        <Button variant="default" disabled={full} leftSection={<Icon name="link" size={17} />} onClick={() => set({ images: [...draft.images, { key: freshKey(), url: "", blob: "", alt: "" }] })}>
          {t("addUrl")}
        </Button>
      </Group>
    </>
  );
}
