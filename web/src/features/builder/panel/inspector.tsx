import { Badge, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Passed, Simulated } from "../contract";
import classes from "./panel.module.css";
import type { Changed } from "./simulation";

const colours: Record<string, string> = { waiting: "plum", ended: "gray", handed_off: "leaf", failed: "brick" };

/** What the flow knows after a turn, what the turn changed, and why it went where it went. */
export function Inspector({ last, changed, passed, onNode }: { last: Pick<Simulated, "status" | "node" | "variables"> | undefined; changed: Changed[]; passed: Passed[]; onNode: (node: string) => void }) {
  const { t, i18n } = useTranslation("builder");
  if (last === undefined) return null;
  // Ways that the engine names have a name for people too; the rest are the author's own.
  const way = (exit: string) => (i18n.exists(`builder:node.exit.${exit}`) ? t(`node.exit.${exit}` as "node.exit.next") : exit);
  const names = Object.keys(last.variables).sort();
  const fresh = new Map(changed.map((each) => [each.name, each]));
  return (
    <section className={classes.inspector} aria-label={t("simulate.inside")} tabIndex={0}>
      <div className={classes.standing}>
        <Badge color={colours[last.status] ?? "gray"}>{t(`simulate.is.${last.status === "" ? "none" : last.status}` as "simulate.is.waiting")}</Badge>
        {last.node !== "" && (
          <UnstyledButton className={classes.node} onClick={() => onNode(last.node)}>
            {last.node}
          </UnstyledButton>
        )}
      </div>
      <div className={classes.columns}>
        <div>
          <h2>{t("simulate.path")}</h2>
          {passed.length === 0 ? (
            <Text size="xs" c="dimmed">
              {t("simulate.noPath")}
            </Text>
          ) : (
            <ol className={classes.path}>
              {passed.map((step, i) => (
                <li key={i}>
                  <UnstyledButton className={classes.node} onClick={() => onNode(step.node)}>
                    {step.node}
                  </UnstyledButton>
                  {step.exit !== "" && <span className={classes.exit}>{way(step.exit)}</span>}
                </li>
              ))}
            </ol>
          )}
        </div>
        <div>
          <h2>{t("simulate.variables")}</h2>
          {names.length === 0 && changed.length === 0 ? (
            <Text size="xs" c="dimmed">
              {t("simulate.noVariables")}
            </Text>
          ) : (
            <dl className={classes.variables}>
              {names.map((name) => {
                const change = fresh.get(name);
                return (
                  <div key={name} data-fresh={change !== undefined || undefined}>
                    <dt>{name}</dt>
                    <dd>
                      {change?.before !== undefined && <s>{shown(change.before)}</s>} {shown(last.variables[name])}
                      {change !== undefined && <span className="p-sr"> {t("simulate.justChanged")}</span>}
                    </dd>
                  </div>
                );
              })}
            </dl>
          )}
        </div>
      </div>
    </section>
  );
}

function shown(value: unknown): string {
  if (typeof value === "string") return value === "" ? "“”" : value;
  return value === undefined ? "—" : JSON.stringify(value);
}
