import { ActionIcon } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import classes from "./phone.module.css";

/** What the apps push up from below: a list to choose from, a shop, a cart. */
export function Sheet({ title, tall = false, tools, onBack, onClose, children }: { title: string; tall?: boolean; tools?: ReactNode; onBack?: (() => void) | undefined; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation("phone");
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => sheet.current?.focus(), []);
  return (
    <div className={classes.shade} onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div ref={sheet} className={classes.sheet} data-tall={tall || undefined} role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} onKeyDown={(event) => event.key === "Escape" && onClose()}>
        <header>
          {onBack !== undefined && (
            <ActionIcon onClick={onBack} aria-label={t("back")}>
              <Icon name="back" size={18} />
            </ActionIcon>
          )}
          <strong>{title}</strong>
          <span className={classes.sheetTools}>
            {tools}
            <ActionIcon onClick={onClose} aria-label={t("close")}>
              <Icon name="close" size={18} />
            </ActionIcon>
          </span>
        </header>
        {children}
      </div>
    </div>
  );
}
