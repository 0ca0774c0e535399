import { asciiJson } from "../../../api/mesos/json-encode.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";

export function textReply(
  status: number,
  body: string,
  headers: HttpReply["headers"] = {},
): HttpReply {
  const type = body === "" ? {} : { "Content-Type": "text/plain; charset=utf-8" };
  return { kind: "reply", status, headers: { ...type, ...headers }, body };
}

/** JSON text that is ready; a `jsonp` callback wraps it. */
export function jsonTextReply(text: string, jsonp?: string): HttpReply {
  return jsonp === undefined
    ? { kind: "reply", status: 200, headers: { "Content-Type": "application/json" }, body: text }
    : {
        kind: "reply",
        status: 200,
        headers: { "Content-Type": "text/javascript" },
        body: `${jsonp}(${text});`,
      };
}

export function jsonReply(value: unknown, jsonp?: string): HttpReply {
  return jsonTextReply(asciiJson(value), jsonp);
}
