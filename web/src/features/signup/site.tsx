import { lazy, Suspense, useEffect } from "react";
import { useWords } from "@/i18n/site";
import { Frame } from "./frame";
import { buttonLike, Waiting } from "./part";
import { PlansPage } from "./plans";
import { Link, RouteProvider, useRoute } from "./route";
import classes from "./frame.module.css";

// Prices are what a stranger comes for; the rest is fetched when somebody goes on.
const OrderPage = lazy(() => import("./order"));
const WaitPage = lazy(() => import("./wait"));
const ActivatePage = lazy(() => import("./activate"));
const ResumePage = lazy(() => import("./resume"));
const TermsPage = lazy(() => import("./terms"));

/** The pages for people who have no account yet. */
export function Site() {
  return (
    <RouteProvider>
      <Frame>
        <Page />
      </Frame>
    </RouteProvider>
  );
}

function Page() {
  const { t } = useWords();
  const { path } = useRoute();
  return <Suspense fallback={<Waiting label={t("loading")} />}>{page(path)}</Suspense>;
}

function page(path: string) {
  switch (path) {
    case "/planos":
      return <PlansPage />;
    case "/assinar":
      return <OrderPage />;
    case "/assinar/retorno":
      return <WaitPage />;
    case "/assinar/ativar":
      return <ActivatePage />;
    case "/assinar/continuar":
      return <ResumePage />;
    case "/termos":
      return <TermsPage />;
    default:
      return <Unknown />;
  }
}

function Unknown() {
  const { t } = useWords();
  useEffect(() => {
    document.title = t("notFound");
  }, [t]);
  return (
    <div className={classes.narrow}>
      <h1>{t("notFound")}</h1>
      <p>{t("notFoundText")}</p>
      <Link href="/planos" {...buttonLike("main")}>
        {t("toPlans")}
      </Link>
    </div>
  );
}
