import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";

/** Says what went wrong in the person's language: by reason, then by code. The server's own detail is for developers. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation("problem");
  return useCallback(
    (error) => {
      const problem = asProblem(error);
      const reason = `problem:reason.${problem.reason}`;
      if (problem.reason !== "" && i18n.exists(reason)) return i18n.t(reason as "problem:code.internal", { seconds: problem.retryAfter });
      const code = `problem:code.${problem.code}`;
      if (i18n.exists(code)) return i18n.t(code as "problem:code.internal");
      return t("code.internal");
    },
    [t, i18n],
  );
}
