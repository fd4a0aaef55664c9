import { notifications } from "@mantine/notifications";
import i18next from "i18next";

/** A short message that goes away by itself. The close button needs a name for readers. */
function show(message: string, color: string): void {
  notifications.show({ message, color, autoClose: 5000, closeButtonProps: { "aria-label": i18next.t("common:close") } });
}

export const notify = {
  good: (message: string) => show(message, "leaf"),
  bad: (message: string) => show(message, "brick"),
};
