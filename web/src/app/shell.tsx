import { Menu, Tooltip, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLoaderData, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { sessionKey, SignedProvider, useLiveState, useMe } from "@/api/session";
import type { Me } from "@/api/types";
import { StepUpDialog } from "@/features/session/step-up";
import { Avatar } from "@/ui/avatar";
import { CommandProvider, useCommands, type Command } from "@/ui/commands";
import { Icon, type IconName } from "@/ui/icon";
import { useStartHidden } from "@/ui/start-hidden";
import { clockTime } from "@/ui/format";
import { Wordmark } from "@/ui/wordmark";
import classes from "./shell.module.css";

const Palette = lazy(() => import("./palette"));
const PlanBanner = lazy(() => import("@/features/billing/banner"));
const ChannelBanner = lazy(() => import("@/features/channel/banner"));
const Shortcuts = lazy(() => import("./shortcuts"));

/** The frame of every page behind the door. */
export function Shell() {
  const me: Me = useLoaderData({ from: "/signed" });
  const client = useQueryClient();
  const leave = useCallback(() => {
    client.clear();
    location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
  }, [client]);
  return (
    <SignedProvider initial={me} onRevoked={leave}>
      <CommandProvider>
        <Frame />
      </CommandProvider>
    </SignedProvider>
  );
}

interface Place {
  to: "/comecar" | "/inbox" | "/contacts" | "/bots" | "/channels" | "/templates" | "/orders" | "/products" | "/listing" | "/team" | "/billing" | "/audit" | "/operator" | "/operator/costs" | "/preferences";
  name: "start" | "inbox" | "contacts" | "bots" | "channels" | "templates" | "orders" | "products" | "listing" | "team" | "billing" | "audit" | "operator" | "costs" | "preferences";
  icon: IconName;
  keys: string;
  shown: boolean;
  /** On a phone it waits in the account's menu while others stand under the thumb. */
  lesser?: boolean;
}

function usePlaces(): Place[] {
  const { me, may } = useMe();
  const { hidden } = useStartHidden(me.user.id, me.company?.id ?? "");
  return useMemo(() => {
    const company = me.company !== undefined;
    const all: Place[] = [
      { to: "/comecar", name: "start", icon: "check", keys: "g s", shown: company && me.role === "admin" && !hidden, lesser: true },
      { to: "/inbox", name: "inbox", icon: "inbox", keys: "g i", shown: company && may("inbox.read") },
      { to: "/contacts", name: "contacts", icon: "person", keys: "g k", shown: company && may("contact.read"), lesser: true },
      { to: "/orders", name: "orders", icon: "cart", keys: "g d", shown: company && may("order.read"), lesser: true },
      { to: "/products", name: "products", icon: "box", keys: "g l", shown: company && may("product.read"), lesser: true },
      { to: "/listing", name: "listing", icon: "image", keys: "g v", shown: company && may("product.read"), lesser: true },
      { to: "/bots", name: "bots", icon: "bot", keys: "g b", shown: company && may("bot.write") },
      { to: "/channels", name: "channels", icon: "channel", keys: "g c", shown: company && may("channel.read") },
      { to: "/templates", name: "templates", icon: "quote", keys: "g m", shown: company && may("template.manage"), lesser: true },
      { to: "/team", name: "team", icon: "team", keys: "g t", shown: company && may("member.read") },
      { to: "/billing", name: "billing", icon: "card", keys: "g u", shown: company && may("billing.read"), lesser: true },
      { to: "/audit", name: "audit", icon: "audit", keys: "g a", shown: company && may("audit.read") },
      { to: "/operator", name: "operator", icon: "operator", keys: "g o", shown: may("platform.operate") },
      { to: "/operator/costs", name: "costs", icon: "card", keys: "g z", shown: may("platform.cost") && !may("platform.operate") },
      { to: "/preferences", name: "preferences", icon: "settings", keys: "g p", shown: true },
    ];
    return all.filter((place) => place.shown);
  }, [me.company, me.role, may, hidden]);
}

function Frame() {
  const { t } = useTranslation("common");
  const places = usePlaces();
  const waiting = useMemo(() => [...places.filter((place) => place.lesser !== true), ...places.filter((place) => place.lesser === true)].slice(underThumb), [places]);
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { conversation } = useParams({ strict: false });
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const { setColorScheme, colorScheme } = useMantineColorScheme();

  const commands = useMemo<Command[]>(
    () => [
      ...places.map((place): Command => ({ id: `go-${place.name}`, label: t(`place.${place.name}`), group: t("goTo"), icon: place.icon, keys: place.keys, run: () => void navigate({ to: place.to }) })),
      { id: "palette", label: t("palette"), group: t("general"), icon: "search", keys: "mod+k", whileTyping: true, run: () => setPalette(true) },
      { id: "help", label: t("shortcuts"), group: t("general"), icon: "keyboard", keys: "?", run: () => setHelp(true) },
      { id: "theme", label: t("switchTheme"), group: t("general"), icon: "moon", run: () => setColorScheme(colorScheme === "dark" ? "light" : "dark") },
    ],
    [places, navigate, t, setColorScheme, colorScheme],
  );
  useCommands(commands);

  return (
    <div className={classes.shell} data-deep={conversation !== undefined || undefined}>
      <a className="p-skip" href="#main">
        {t("skip")}
      </a>
      <nav className={classes.rail} aria-label={t("navigation")}>
        <span className={classes.mark}>
          <Wordmark size={20} />
        </span>
        {places.map((place) => {
          const here = path === place.to || path.startsWith(`${place.to}/`);
          return (
            <Link key={place.to} to={place.to} className={classes.place} data-lesser={waiting.includes(place) || undefined} data-here={here || undefined} aria-current={here ? "page" : undefined}>
              <Icon name={place.icon} size={22} />
              <span>{t(`place.${place.name}`)}</span>
            </Link>
          );
        })}
        <span className={classes.space} />
        <Tooltip label={`${t("palette")} (Ctrl K)`} position="right">
          <UnstyledButton className={classes.tool} onClick={() => setPalette(true)} aria-label={t("palette")}>
            <Icon name="search" size={21} />
          </UnstyledButton>
        </Tooltip>
        <Account places={waiting} onHelp={() => setHelp(true)} />
      </nav>
      <div className={classes.page}>
        <Connection />
        <Standing />
        <Suspense>
          <PlanBanner />
          <ChannelBanner />
        </Suspense>
        <Looking />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <StepUpDialog />
      <Suspense>
        {palette && <Palette onClose={() => setPalette(false)} />}
        {help && <Shortcuts onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

/** On a phone so many places stand under the thumb; the others wait in the account's menu. */
const underThumb = 4;

function Account({ places, onHelp }: { places: Place[]; onHelp: () => void }) {
  const { t } = useTranslation("common");
  const { me } = useMe();
  const client = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({
    mutationFn: api.session.signOut,
    onSettled: () => {
      client.clear();
      location.assign("/sign-in");
    },
  });
  const change = useMutation({
    mutationFn: api.session.company,
    onSuccess: (next) => {
      client.clear();
      client.setQueryData(sessionKey, next);
      location.assign("/inbox");
    },
  });
  return (
    <Menu position="right-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={t("account", { name: me.user.name })} data-testid="account">
          <Avatar name={me.user.name} seed={me.user.id} size={36} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user.name}
          {me.company !== undefined && ` · ${me.company.name}`}
          {me.role !== "" && ` · ${t(`role.${me.role}`)}`}
        </Menu.Label>
        {me.companies.length > 1 &&
          me.companies
            .filter((company) => company.id !== me.company?.id)
            .map((company) => (
              <Menu.Item key={company.id} leftSection={<Icon name="building" size={17} />} onClick={() => change.mutate(company.id)}>
                {t("switchTo", { company: company.name })}
              </Menu.Item>
            ))}
        {places
          .filter((place) => place.name !== "preferences")
          .map((place) => (
            <Menu.Item key={place.to} className={classes.thumb} component={Link} to={place.to} leftSection={<Icon name={place.icon} size={17} />}>
              {t(`place.${place.name}`)}
            </Menu.Item>
          ))}
        <Menu.Item leftSection={<Icon name={colorScheme === "dark" ? "sun" : "moon"} size={17} />} onClick={() => setColorScheme(colorScheme === "dark" ? "light" : "dark")}>
          {t("switchTheme")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="keyboard" size={17} />} onClick={onHelp}>
          {t("shortcuts")}
        </Menu.Item>
        <Menu.Item component={Link} to="/preferences" leftSection={<Icon name="settings" size={17} />}>
          {t("place.preferences")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={17} />} onClick={() => signOut.mutate()}>
          {t("signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says that an operator looks at a company that is not theirs, and until when. */
function Looking() {
  const { t, i18n } = useTranslation("common");
  const { me } = useMe();
  if (me.support === undefined) return null;
  return (
    <div className={classes.banner} role="status" data-testid="looking">
      <Icon name="operator" size={17} />
      {t("looking", { company: me.company?.name ?? "", until: clockTime(me.support.expires_ms, i18n.language) })}
    </div>
  );
}

/** Says that the company is being moved to another installation, or lives there now, before somebody writes in vain. */
function Standing() {
  const { t } = useTranslation("problem");
  const { me } = useMe();
  if (me.standing === undefined) return null;
  return (
    <div className={classes.banner} role="status" data-testid="standing">
      <Icon name="alert" size={17} />
      {t(`reason.${me.standing}`)}
    </div>
  );
}

/** Says when what is shown may be old. A short break says nothing. */
function Connection() {
  const { t } = useTranslation("common");
  const state = useLiveState();
  const { me } = useMe();
  if (me.company === undefined || state === "live" || state === "connecting") return <div role="status" className="p-sr">{state === "live" ? t("live") : ""}</div>;
  return (
    <div className={classes.banner} role="status" data-state={state} data-testid="connection">
      <Icon name="alert" size={17} />
      {t(state === "offline" ? "offline" : "down")}
    </div>
  );
}
