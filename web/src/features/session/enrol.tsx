import { Anchor, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { sessionKey } from "@/api/session";
import { Enrol } from "@/ui/factor/enrol";
import { ErrorState } from "@/ui/state";
import { Frame } from "./frame";
import { StepUpDialog } from "./step-up";
import { safeTarget } from "./target";

/** A second factor is demanded, and nothing else opens before it is set up. */
export default function EnrolPage() {
  const { t } = useTranslation(["session", "common"]);
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const factors = useQuery({ queryKey: ["factors"], queryFn: api.factors.list });
  const leave = () => {
    client.removeQueries({ queryKey: sessionKey });
    void navigate({ href: safeTarget(search.to), replace: true });
  };
  const signOut = () => void api.session.signOut().finally(() => location.assign("/sign-in"));
  return (
    <Frame title={t("enrol")} text={t("enrolText")}>
      {factors.isError ? <ErrorState error={factors.error} retry={() => void factors.refetch()} /> : factors.data === undefined ? <Text c="dimmed">{t("common:loading")}</Text> : <Enrol passkeys={factors.data.passkeys} onDone={leave} />}
      <Anchor component="button" type="button" mt="md" onClick={signOut}>
        {t("common:signOut")}
      </Anchor>
      <StepUpDialog />
    </Frame>
  );
}
