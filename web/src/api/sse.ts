/** One server-sent event, as the WHATWG HTML standard (section 9.2) defines its fields. */
export interface SseEvent {
  id: string;
  type: string;
  data: string;
}

/**
 * Reads server-sent events from a byte stream. We read the stream ourselves, since EventSource hides comment lines (the
 * server's sign of life) and the HTTP status of a refusal.
 */
export class SseReader {
  private buffer = "";
  private id = "";
  private type = "";
  private data: string[] = [];

  /** Feeds decoded text; gives the events that it completed. */
  push(text: string): SseEvent[] {
    this.buffer += text;
    const events: SseEvent[] = [];
    for (;;) {
      const end = this.buffer.search(/\r\n|\n|\r/);
      if (end < 0) break;
      // A lone CR at the very end may be the first half of CRLF: wait for more.
      if (this.buffer[end] === "\r" && end === this.buffer.length - 1) break;
      const line = this.buffer.slice(0, end);
      this.buffer = this.buffer.slice(end + (this.buffer.startsWith("\r\n", end) ? 2 : 1));
      const event = this.line(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  private line(line: string): SseEvent | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): SseEvent | null {
    const { id, type, data } = this;
    this.type = "";
    this.data = [];
    if (data.length === 0) return null;
    return { id, type: type || "message", data: data.join("\n") };
  }
}
