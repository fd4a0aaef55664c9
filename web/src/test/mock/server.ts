import type { IncomingMessage, ServerResponse } from "node:http";

export async function answer(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.statusCode = 404;
  response.end();
}
