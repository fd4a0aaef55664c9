import { useWords } from "@/i18n/site";
import frame from "./frame.module.css";
import { buttonLike } from "./part";
import { Link } from "./route";

/** For who looks for a purchase that this browser does not have. */
export function NoPurchase() {
  const { t } = useWords();
  return (
    <div className={frame.narrow}>
      <h1>{t("wait.none")}</h1>
      <p>{t("wait.noneText")}</p>
      <Link href="/assinar/continuar" {...buttonLike("main")}>
        {t("resumeLink")}
      </Link>
      <Link href="/planos" {...buttonLike("plain")}>
        {t("toPlans")}
      </Link>
    </div>
  );
}
