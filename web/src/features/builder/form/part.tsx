import { Collapse, Stack, UnstyledButton } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import classes from "./form.module.css";

/** What few people need, folded away. */
export function More({ label, children, open: start = false }: { label?: string; children: ReactNode; open?: boolean }) {
  const { t } = useTranslation("builder");
  const [open, setOpen] = useState(start);
  return (
    <div>
      <UnstyledButton className={classes.more} onClick={() => setOpen(!open)} aria-expanded={open}>
        <Icon name={open ? "down" : "right"} size={16} />
        {label ?? t("form.more")}
      </UnstyledButton>
      <Collapse expanded={open}>
        <Stack gap="md" pt="xs">
          {children}
        </Stack>
      </Collapse>
    </div>
  );
}
