import { Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { people } from "@/api/contact";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { keys, ruleQuery } from "./queries";

/** Whether marketing goes only to who said yes. */
export function RuleSwitch() {
  const { t } = useTranslation("contact");
  const say = useProblemText();
  const client = useQueryClient();
  const query = useQuery(ruleQuery);
  const change = useMutation({
    mutationFn: (optIn: boolean) => people.setRule({ opt_in: optIn }),
    onSuccess: (rule) => {
      client.setQueryData(keys.rule, rule);
      void client.invalidateQueries({ queryKey: ["contact-consents"] });
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Switch
      label={t("optIn")}
      description={t("optInText")}
      checked={(change.isPending ? change.variables : query.data?.opt_in) ?? false}
      disabled={query.data === undefined || change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
      maw={340}
    />
  );
}
