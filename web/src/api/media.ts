import { client, take, uploadUrl } from "./client";
import { Problem, problemOf } from "./problem";
import type { components } from "./schema";
import type { Channel, Upload } from "./types";

/** What a channel takes of a kind of file. */
export type MediaLimit = components["schemas"]["Limit"];
export type ChannelMediaLimits = Omit<components["schemas"]["ChannelMediaLimits"], "channel"> & { channel: Channel };

export interface UploadOptions {
  /** A picture of a film's first moment. */
  poster?: Blob | undefined;
  /** From 0 to 1, as far as the browser knows. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
}

/** Sends a file to the server. XMLHttpRequest, since fetch tells no progress of what goes out. Throws a Problem; an AbortError when cancelled. */
export function uploadFile(file: File, { poster, onProgress, signal }: UploadOptions = {}): Promise<Upload> {
  const form = new FormData();
  form.set("file", file);
  if (poster !== undefined) form.set("poster", poster, "poster.jpg");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const end = () => signal?.removeEventListener("abort", stop);
    const stop = () => request.abort();
    request.open("POST", uploadUrl);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => {
      end();
      const said = parsed(request.responseText);
      if (request.status === 201) return resolve(said as Upload);
      reject(problemOf(new Response(null, { status: request.status < 200 ? 500 : request.status, headers: { "Retry-After": request.getResponseHeader("Retry-After") ?? "" } }), said));
    };
    request.onerror = () => {
      end();
      reject(new Problem(0, "offline", "", "the line broke"));
    };
    request.onabort = () => {
      end();
      reject(new DOMException("cancelled", "AbortError"));
    };
    if (signal?.aborted) return request.onabort(new ProgressEvent("abort"));
    signal?.addEventListener("abort", stop);
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page
  }
}

export const files = {
  /** What each channel takes of each kind. */
  limits: () => take<{ items: ChannelMediaLimits[] }>(client.GET("/media/limits")),
  /** Has a customer's file fetched again that did not come. */
  retry: (message: string) => take<undefined>(client.POST("/media/{message}/retry", { params: { path: { message } } })),
};
