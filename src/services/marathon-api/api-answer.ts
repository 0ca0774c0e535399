import type { ErrorAnswer } from "../../domain/marathon/rules/error-answer.ts";
import type { HttpReply } from "../../runtime/ports/http-exchange.ts";

/** What a handler gives back; headers that every answer carries are added later. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

export const message = (status: number, text: string): ApiAnswer => ({
  status,
  body: { message: text },
});

export const notFound = (what: string): ApiAnswer => message(404, what);

export const refusal = ({ status, body }: ErrorAnswer): ApiAnswer => ({ status, body });

/** Marathon has it and this release has not. */
export const notYet = (what: string): ApiAnswer =>
  message(501, `${what} is not served by this release; see docs/status.md`);

const STANDING_HEADERS = {
  "X-Frame-Options": "DENY",
  "X-XSS-Protection": "1; mode=block",
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
  Expires: "0",
};

/** Each warning is one header, printable and without line breaks. */
export function warningHeader(warnings: readonly string[]): Record<string, string> {
  if (warnings.length === 0) return {};
  return { "X-Marathon-Warning": warnings.join("; ").replace(/[^\x20-\x7e]/g, "?") };
}

export function toReply(answer: ApiAnswer, leader: string): HttpReply {
  const { status, body, text, headers } = answer;
  const isText = text !== undefined;
  return {
    kind: "reply",
    status,
    headers: {
      ...STANDING_HEADERS,
      "X-Marathon-Leader": leader,
      ...(isText ? { "Content-Type": "text/plain" } : {}),
      ...(body !== undefined ? { "Content-Type": "application/json" } : {}),
      ...headers,
    },
    body: isText ? text : body === undefined ? "" : JSON.stringify(body),
  };
}
