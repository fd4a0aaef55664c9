import { ActionIcon, Tabs } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import type { FlowTest } from "../contract";
import type { PanelProps } from "../document/port";
import { CountPanel } from "./count";
import classes from "./panel.module.css";
import { useSimulation } from "./running";
import { SimulatePanel } from "./simulate";
import { TestPanel } from "./trial";
import { VersionPanel } from "./version";

export type PanelName = "simulate" | "tests" | "versions" | "counts";

const panels: PanelName[] = ["simulate", "tests", "versions", "counts"];

/** What stands beside the canvas: try the draft, prove it, look back at versions, see where people leave. */
export function Dock({ document, onPaint, panel, onPanel }: PanelProps & { panel: PanelName; onPanel: (next: PanelName | null) => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const simulation = useSimulation(document);
  const change = useCallback(
    (next: PanelName | null) => {
      onPaint(null);
      onPanel(next);
    },
    [onPaint, onPanel],
  );
  const showTest = (test: FlowTest) => {
    simulation.show(test);
    change("simulate");
  };
  return (
    <aside className={classes.dock} data-panel={panel} aria-label={t(`simulate.dock.${panel}`)}>
      <Tabs value={panel} onChange={(value) => value !== null && change(value as PanelName)} keepMounted={false} classNames={{ root: classes.tabs ?? "", panel: classes.tabPanel ?? "" }}>
        <div className={classes.head}>
          <Tabs.List className={classes.tabList ?? ""}>
            {panels.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`simulate.dock.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <ActionIcon onClick={() => change(null)} aria-label={t("common:close")}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </div>
        <Tabs.Panel value="simulate">
          <SimulatePanel document={document} onPaint={onPaint} simulation={simulation} />
        </Tabs.Panel>
        <Tabs.Panel value="tests">
          <TestPanel document={document} onPaint={onPaint} onShow={showTest} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionPanel document={document} />
        </Tabs.Panel>
        <Tabs.Panel value="counts">
          <CountPanel document={document} onPaint={onPaint} />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}
