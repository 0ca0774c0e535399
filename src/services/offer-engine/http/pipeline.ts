import { decodeJson, type Decoded } from "../../../api/mesos/json-decode.ts";
import { decodeProtobuf } from "../../../api/mesos/protobuf-decode.ts";
import type { MessageType } from "../../../api/mesos/schema.ts";
import { normalizeLenient } from "../../../domain/mesos/lenient-input.ts";
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { StreamFormat } from "../serve/framework-stream.ts";
import type { Leadership } from "./leadership.ts";
import { textReply } from "./replies.ts";

/** A check that stops the pipeline with its answer. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reply: HttpReply };

const pass = <T>(value: T): Checked<T> => ({ ok: true, value });
const stop = (reply: HttpReply): Checked<never> => ({ ok: false, reply });

/** Rows 2 and 3: only a leader with a read Registry serves. */
export function checkLeading(request: HttpRequest, leadership: Leadership): Checked<EngineHost> {
  switch (leadership.kind) {
    case "leading":
      return pass(leadership.host);
    case "recovering":
      return stop(textReply(503, "Master has not finished recovery"));
    case "standby": {
      const { leader } = leadership;
      if (leader === undefined) return stop(textReply(503, "No leader elected"));
      const query = request.query === "" ? "" : `?${request.query}`;
      return stop(
        textReply(307, "", {
          Location: `//${leader.hostname}:${leader.port}${request.path}${query}`,
        }),
      );
    }
  }
}

/** Row 4. */
export function checkPost(request: HttpRequest): Checked<undefined> {
  if (request.method === "POST") return pass(undefined);
  return stop(
    textReply(
      405,
      `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${request.method}'.`,
      { Allow: "POST" },
    ),
  );
}

export const JSON_TYPE = "application/json";
export const PROTOBUF_TYPE = "application/x-protobuf";

/** Rows 5 and 6: content type and body. */
export function readCall<T>(
  request: HttpRequest,
  type: MessageType<T>,
  lenient: boolean,
): Checked<{ readonly call: T; readonly format: StreamFormat }> {
  const contentType = request.headers["content-type"];
  if (contentType === undefined) {
    return stop(textReply(400, "Expecting 'Content-Type' to be present"));
  }
  switch (contentType) {
    case PROTOBUF_TYPE: {
      const decoded = decodeProtobuf(type, request.body);
      return decoded.ok
        ? pass({ call: decoded.value, format: "protobuf" })
        : stop(textReply(400, "Failed to parse body into Call protobuf"));
    }
    case JSON_TYPE: {
      const decoded = readJsonCall(request.body, type, lenient);
      return decoded.ok
        ? pass({ call: decoded.value, format: "json" })
        : stop(textReply(400, decoded.error));
    }
    default:
      return stop(textReply(415, `Expecting 'Content-Type' of ${JSON_TYPE} or ${PROTOBUF_TYPE}`));
  }
}

function readJsonCall<T>(body: Uint8Array, type: MessageType<T>, lenient: boolean): Decoded<T> {
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, error: `Failed to parse body into JSON: ${why}` };
  }
  const decoded = decodeJson(type, raw, lenient ? { normalize: normalizeLenient } : {});
  return decoded.ok
    ? decoded
    : { ok: false, error: `Failed to convert JSON into Call protobuf: ${decoded.error}` };
}

/** Row 8: the format of the answer. Absent, or with wildcards, means JSON. */
export function acceptedFormat(request: HttpRequest): Checked<StreamFormat> {
  const accept = request.headers["accept"];
  if (accept === undefined || accepts(accept, JSON_TYPE)) return pass("json");
  if (accepts(accept, PROTOBUF_TYPE)) return pass("protobuf");
  return stop(textReply(406, `Expecting 'Accept' to allow '${PROTOBUF_TYPE}' or '${JSON_TYPE}'`));
}

function accepts(accept: string, type: string): boolean {
  return accept.split(",").some((part) => {
    const [range = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !isRefused && (range === "*/*" || range === "application/*" || range === type);
  });
}

export function contentTypeOf(format: StreamFormat): string {
  return format === "json" ? JSON_TYPE : PROTOBUF_TYPE;
}
