import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { costKey } from "./queries";

/** Does something to the costs: all that was read is read again, and what went wrong is told. */
export function useAct<In, Out>(run: (input: In) => Promise<Out>, done?: (out: Out) => void) {
  const client = useQueryClient();
  const say = useProblemText();
  return useMutation({
    mutationFn: run,
    onSuccess: (out) => {
      void client.invalidateQueries({ queryKey: costKey });
      done?.(out);
    },
    onError: (error) => notify.bad(say(asProblem(error))),
  });
}
