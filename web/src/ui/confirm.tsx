import { Button, Group, Modal, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A button that asks before it does what cannot be undone. */
export function ConfirmButton({
  label,
  title,
  text,
  action,
  onConfirm,
  busy = false,
  children,
}: {
  label: string;
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  busy?: boolean;
  children?: ReactNode;
}) {
  const { t } = useTranslation("common");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="subtle" color="brick" size="compact-sm" onClick={() => setOpen(true)} loading={busy} aria-label={label}>
        {children ?? label}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={title} closeButtonProps={{ "aria-label": t("close") }}>
        <Text mb="lg">{text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
            {t("cancel")}
          </Button>
          <Button
            color="brick"
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {action}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
