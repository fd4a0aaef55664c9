import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import type { Me } from "@/api/types";
import { Broken, NotFound } from "./boundary";
import { Shell } from "./shell";

interface Context {
  client: QueryClient;
}

interface Search {
  /** Inbox: the chosen view. */
  view?: string;
  /** Sign-in: where to go afterwards. */
  to?: string;
}

/** Parameters of an address that are texts; a number in it is one too. What is empty is left out. */
function texts<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): Partial<Record<Name, string>> =>
    Object.fromEntries(names.flatMap((name) => (typeof search[name] === "string" || typeof search[name] === "number" ? [[name, String(search[name])]] : []))) as Partial<Record<Name, string>>;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): Search => ({
    ...(typeof search.view === "string" ? { view: search.view } : {}),
    ...(typeof search.to === "string" ? { to: search.to } : {}),
  }),
});

/** Everything behind the door. A fresh installation is led to its set-up, a stranger to the sign-in. */
const signed = createRoute({
  getParentRoute: () => root,
  id: "signed",
  component: Shell,
  loader: async ({ context, location }) => {
    try {
      const me = await context.client.ensureQueryData(sessionQuery);
      if (me.must_enrol) throw redirect({ to: "/enrol", search: { to: location.href } });
      return me;
    } catch (error) {
      if (asProblem(error).code !== "unauthorized") throw error;
      const setup = await api.setup.get();
      if (setup.needed) throw redirect({ to: "/setup" });
      throw redirect({ to: "/sign-in", search: { to: location.href } });
    }
  },
});

const home = createRoute({
  getParentRoute: () => signed,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.client.ensureQueryData(sessionQuery).catch(() => null); // the door says what is wrong
    throw redirect({ to: me !== null && onlyCosts(me) ? "/operator/costs" : "/inbox" });
  },
});

/** Who reads the costs and does nothing else here. */
function onlyCosts(me: Me): boolean {
  return me.company === undefined && !me.user.operator && me.permissions.includes("platform.cost");
}

/** Who may not answer just now, since the company does not pay or has left, is led to what mends it. */
async function answering({ context }: { context: Context }) {
  const me = await context.client.ensureQueryData(sessionQuery).catch(() => null); // the door says what is wrong
  if (me !== null && onlyCosts(me)) throw redirect({ to: "/operator/costs" });
  if (me !== null && !me.permissions.includes("inbox.read") && me.permissions.includes("billing.read")) throw redirect({ to: "/billing" });
}

const inboxPage = lazyRouteComponent(() => import("@/features/inbox/page"));
// One component for both, so that choosing a conversation never rebuilds the list.
const inbox = createRoute({ getParentRoute: () => signed, path: "/inbox", component: inboxPage, beforeLoad: answering });
const conversation = createRoute({ getParentRoute: () => inbox, path: "/$conversation" });
const contacts = createRoute({ getParentRoute: () => signed, path: "/contacts", validateSearch: texts("q"), component: lazyRouteComponent(() => import("@/features/contact/page")) });
const contact = createRoute({ getParentRoute: () => signed, path: "/contacts/$contact", component: lazyRouteComponent(() => import("@/features/contact/detail")) });
const channels = createRoute({ getParentRoute: () => signed, path: "/channels", component: lazyRouteComponent(() => import("@/features/channel/page")) });
const channel = createRoute({ getParentRoute: () => signed, path: "/channels/$channel", component: lazyRouteComponent(() => import("@/features/channel/detail")) });
const templates = createRoute({
  getParentRoute: () => signed,
  path: "/templates",
  component: lazyRouteComponent(() => import("@/features/template/page")),
  validateSearch: texts("q", "status", "category", "account"),
});
const newTemplate = createRoute({
  getParentRoute: () => signed,
  path: "/templates/new",
  component: lazyRouteComponent(() => import("@/features/template/editor"), "NewTemplatePage"),
  validateSearch: texts("account"),
});
const template = createRoute({ getParentRoute: () => signed, path: "/templates/$template", component: lazyRouteComponent(() => import("@/features/template/detail")) });
const editTemplate = createRoute({ getParentRoute: () => signed, path: "/templates/$template/edit", component: lazyRouteComponent(() => import("@/features/template/editor")) });
const bots = createRoute({ getParentRoute: () => signed, path: "/bots", component: lazyRouteComponent(() => import("@/features/builder/list/page")) });
const secrets = createRoute({ getParentRoute: () => signed, path: "/bots/secrets", component: lazyRouteComponent(() => import("@/features/builder/list/secret")) });
const bot = createRoute({ getParentRoute: () => signed, path: "/bots/$bot", component: lazyRouteComponent(() => import("@/features/builder/editor/page")) });
const products = createRoute({
  getParentRoute: () => signed,
  path: "/products",
  component: lazyRouteComponent(() => import("@/features/product/page")),
  validateSearch: texts("q", "state", "category", "list"),
});
const newProduct = createRoute({ getParentRoute: () => signed, path: "/products/new", component: lazyRouteComponent(() => import("@/features/product/editor"), "NewProductPage") });
const importProducts = createRoute({ getParentRoute: () => signed, path: "/products/import", component: lazyRouteComponent(() => import("@/features/product/import")) });
const product = createRoute({ getParentRoute: () => signed, path: "/products/$product", component: lazyRouteComponent(() => import("@/features/product/editor")) });
const stock = createRoute({ getParentRoute: () => signed, path: "/products/$product/stock/$variant", component: lazyRouteComponent(() => import("@/features/product/stock")) });
const listing = createRoute({
  getParentRoute: () => signed,
  path: "/listing",
  component: lazyRouteComponent(() => import("@/features/listing/page")),
  validateSearch: texts("q", "state", "reason", "catalog"),
});
const orders = createRoute({
  getParentRoute: () => signed,
  path: "/orders",
  component: lazyRouteComponent(() => import("@/features/order/page")),
  validateSearch: texts("state", "money", "number", "contact"),
});
const newOrder = createRoute({
  getParentRoute: () => signed,
  path: "/orders/new",
  component: lazyRouteComponent(() => import("@/features/order/create")),
  validateSearch: texts("conversation"),
});
const shopSettings = createRoute({ getParentRoute: () => signed, path: "/orders/settings", component: lazyRouteComponent(() => import("@/features/order/setting")), validateSearch: texts("tab") });
const order = createRoute({ getParentRoute: () => signed, path: "/orders/$order", component: lazyRouteComponent(() => import("@/features/order/detail")) });
const start = createRoute({ getParentRoute: () => signed, path: "/comecar", component: lazyRouteComponent(() => import("@/features/start/page")) });
const team = createRoute({ getParentRoute: () => signed, path: "/team", component: lazyRouteComponent(() => import("@/features/team/page")) });
const audit = createRoute({ getParentRoute: () => signed, path: "/audit", component: lazyRouteComponent(() => import("@/features/audit/page")) });
const billing = createRoute({ getParentRoute: () => signed, path: "/billing", component: lazyRouteComponent(() => import("@/features/billing/page")) });
const operator = createRoute({ getParentRoute: () => signed, path: "/operator", component: lazyRouteComponent(() => import("@/features/operator/frame")) });
const costSearch = texts("month", "line", "environment", "currency", "cost");
const operatorRooms = [
  createRoute({ getParentRoute: () => operator, path: "/costs", component: lazyRouteComponent(() => import("@/features/cost/overview")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/services", component: lazyRouteComponent(() => import("@/features/cost/services")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/companies", component: lazyRouteComponent(() => import("@/features/cost/companies")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/budgets", component: lazyRouteComponent(() => import("@/features/cost/budgets")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/savings", component: lazyRouteComponent(() => import("@/features/cost/savings")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/quality", component: lazyRouteComponent(() => import("@/features/cost/quality")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/costs/settings", component: lazyRouteComponent(() => import("@/features/cost/setting")), validateSearch: costSearch }),
  createRoute({ getParentRoute: () => operator, path: "/", component: lazyRouteComponent(() => import("@/features/operator/dashboard")) }),
  createRoute({ getParentRoute: () => operator, path: "/companies", component: lazyRouteComponent(() => import("@/features/operator/companies")), validateSearch: texts("q", "state", "plan") }),
  createRoute({ getParentRoute: () => operator, path: "/companies/$company", component: lazyRouteComponent(() => import("@/features/operator/company")) }),
  createRoute({ getParentRoute: () => operator, path: "/journeys", component: lazyRouteComponent(() => import("@/features/operator/journeys")), validateSearch: texts("q", "state", "attention") }),
  createRoute({ getParentRoute: () => operator, path: "/journeys/$journey", component: lazyRouteComponent(() => import("@/features/operator/journey")) }),
  createRoute({ getParentRoute: () => operator, path: "/integrations", component: lazyRouteComponent(() => import("@/features/operator/integrations")) }),
  createRoute({ getParentRoute: () => operator, path: "/integrations/crm", component: lazyRouteComponent(() => import("@/features/operator/crm")) }),
  createRoute({ getParentRoute: () => operator, path: "/plans", component: lazyRouteComponent(() => import("@/features/operator/plans")) }),
  createRoute({ getParentRoute: () => operator, path: "/plans/$version", component: lazyRouteComponent(() => import("@/features/operator/plan-editor")) }),
  createRoute({ getParentRoute: () => operator, path: "/coupons", component: lazyRouteComponent(() => import("@/features/operator/coupons")) }),
  createRoute({ getParentRoute: () => operator, path: "/letters", component: lazyRouteComponent(() => import("@/features/operator/letters")) }),
  createRoute({ getParentRoute: () => operator, path: "/audit", component: lazyRouteComponent(() => import("@/features/operator/audit")), validateSearch: texts("company", "actor", "action", "target", "from", "to") }),
  createRoute({ getParentRoute: () => operator, path: "/support", component: lazyRouteComponent(() => import("@/features/operator/support")) }),
  createRoute({ getParentRoute: () => operator, path: "/held", component: lazyRouteComponent(() => import("@/features/operator/held")), validateSearch: texts("view") }),
] as const;
const preferences = createRoute({ getParentRoute: () => signed, path: "/preferences", component: lazyRouteComponent(() => import("@/features/preference/page")) });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("@/features/session/sign-in")),
  loader: async () => {
    const setup = await api.setup.get().catch(() => null); // the page itself says when the server is away
    if (setup?.needed) throw redirect({ to: "/setup" });
  },
});
const setup = createRoute({ getParentRoute: () => root, path: "/setup", component: lazyRouteComponent(() => import("@/features/session/setup")) });
const invitation = createRoute({ getParentRoute: () => root, path: "/invitation", component: lazyRouteComponent(() => import("@/features/session/invitation")) });
const enrol = createRoute({ getParentRoute: () => root, path: "/enrol", component: lazyRouteComponent(() => import("@/features/session/enrol")) });
const forgot = createRoute({ getParentRoute: () => root, path: "/forgot", component: lazyRouteComponent(() => import("@/features/session/forgot")) });
const reset = createRoute({ getParentRoute: () => root, path: "/reset", component: lazyRouteComponent(() => import("@/features/session/reset")) });

const tree = root.addChildren([
  signed.addChildren([home, start, inbox.addChildren([conversation]), contacts, contact, channels, channel, templates, newTemplate, template, editTemplate, bots, secrets, bot, products, newProduct, importProducts, product, stock, listing, orders, newOrder, shopSettings, order, team, billing, audit, operator.addChildren(operatorRooms), preferences]),
  signIn,
  setup,
  invitation,
  enrol,
  forgot,
  reset,
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Broken,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
