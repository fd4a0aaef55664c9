import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { LiveEvent } from "@/api/live";
import { useLiveEvents } from "@/api/session";
import { templateKeys, templates } from "@/api/template";

export const placesQuery = { queryKey: templateKeys.places, queryFn: templates.places, staleTime: 30_000 };

/** Reads again what the server says has changed. */
export function useLiveTemplates(): void {
  const client = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type === "resync" || (event.type === "event" && event.envelope.type === "template.updated")) void client.invalidateQueries({ queryKey: templateKeys.all });
      },
      [client],
    ),
  );
}

/** The colours of a status: what works, what waits, what is broken. */
export const statusColor: Partial<Record<string, string>> = {
  approved: "leaf", pending: "honey", in_appeal: "honey", rejected: "brick", paused: "honey", disabled: "brick", gone: "gray", archived: "gray", deleted: "gray", pending_deletion: "gray",
};
export const qualityColor: Partial<Record<string, string>> = { green: "leaf", yellow: "honey", red: "brick", unknown: "gray" };

/** Languages that WhatsApp reviews templates in, the usual ones first. */
export const languages = ["pt_BR", "en_US", "es", "en", "pt_PT", "es_AR", "es_MX", "es_ES", "fr", "it", "de", "en_GB", "nl", "ja", "ko", "zh_CN", "zh_HK", "zh_TW", "ar", "he", "hi", "id", "ru", "tr", "uk", "pl"];

export function languageName(code: string, locale: string): string {
  try {
    return `${new Intl.DisplayNames([locale], { type: "language" }).of(code.replace("_", "-")) ?? code} (${code})`;
  } catch {
    return code;
  }
}
