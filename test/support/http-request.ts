import type { HttpRequest } from "../../src/runtime/ports/http-exchange.ts";

/** A request without body. */
export function makeRequest(
  headers: Readonly<Record<string, string>> = {},
  overrides: Partial<HttpRequest> = {},
): HttpRequest {
  return {
    method: "POST",
    path: "/api/v1",
    query: "",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: new Uint8Array(),
    remoteAddress: "10.0.0.9",
    ...overrides,
  };
}

/** The header of Basic. */
export function basic(name: string, secret = "secret"): { readonly Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` };
}
