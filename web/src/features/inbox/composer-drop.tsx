import { Portal } from "@mantine/core";
import { useEffect, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import classes from "./composer-tray.module.css";

/** Lets files be dropped anywhere on the thread that the composer belongs to, and shows where. */
export function DropZone({ within, onFiles }: { within: RefObject<HTMLElement | null>; onFiles: (files: File[]) => void }) {
  const { t } = useTranslation("media");
  const [over, setOver] = useState<DOMRect | null>(null);
  useEffect(() => {
    const thread = within.current?.parentElement;
    if (thread === null || thread === undefined) return;
    const holds = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const onOver = (event: DragEvent) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver((shown) => shown ?? thread.getBoundingClientRect());
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget instanceof Node && thread.contains(event.relatedTarget)) return;
      setOver(null);
    };
    const onDrop = (event: DragEvent) => {
      setOver(null);
      if (!holds(event) || event.dataTransfer === null) return;
      event.preventDefault();
      onFiles([...event.dataTransfer.files]);
    };
    thread.addEventListener("dragover", onOver);
    thread.addEventListener("dragleave", onLeave);
    thread.addEventListener("drop", onDrop);
    return () => {
      thread.removeEventListener("dragover", onOver);
      thread.removeEventListener("dragleave", onLeave);
      thread.removeEventListener("drop", onDrop);
    };
  }, [within, onFiles]);
  if (over === null) return null;
  return (
    <Portal>
      <div className={classes.over} style={{ top: over.top + 6, left: over.left + 6, width: over.width - 12, height: over.height - 12 }} role="status">
        <Icon name="attach" size={24} /> {t("dropHere")}
      </div>
    </Portal>
  );
}
