import { Agent, request } from "node:https";
import { ClusterError } from "../host/cluster-error.ts";
import type { KeyedCertificate } from "../pki/certificate.ts";

export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

/** The few calls that bringing a cluster up needs; everything else goes through kubectl. */
export interface ApiClient {
  send(method: string, path: string, body?: string, contentType?: string): Promise<ApiResponse>;
  /** Undefined when there is no such object. */
  get<T>(path: string): Promise<T | undefined>;
  /** Server-side apply of one object, written as YAML or JSON. */
  apply(path: string, manifest: string): Promise<void>;
  close(): void;
}

export interface ApiClientOptions {
  readonly url: string;
  readonly authorityPem: string;
  readonly certificate: KeyedCertificate;
}

const fieldManager = "orchestrator-cluster";
const requestTimeoutMs = 10_000;

export function createApiClient(options: ApiClientOptions): ApiClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    ca: options.authorityPem,
    cert: options.certificate.certificatePem,
    key: options.certificate.keyPem,
  });
  const send: ApiClient["send"] = (method, path, body, contentType) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, options.url),
        {
          method,
          agent,
          timeout: requestTimeoutMs,
          headers: body === undefined ? {} : { "content-type": contentType ?? "application/json" },
        },
        (incoming) => {
          const pieces: Buffer[] = [];
          incoming.on("data", (piece: Buffer) => pieces.push(piece));
          incoming.on("error", reject);
          incoming.on("end", () => {
            resolve({
              status: incoming.statusCode ?? 0,
              text: Buffer.concat(pieces).toString(),
            });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${path}: timed out`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return {
    send,
    async get<T>(path: string) {
      const { status, text } = await send("GET", path);
      if (status === 404) return undefined;
      if (status !== 200) throw refused("GET", path, status, text);
      return JSON.parse(text) as T;
    },
    async apply(path, manifest) {
      const query = `${path}?fieldManager=${fieldManager}&force=true`;
      const answer = await send("PATCH", query, manifest, "application/apply-patch+yaml");
      if (answer.status >= 300) throw refused("apply", path, answer.status, answer.text);
    },
    close: () => agent.destroy(),
  };
}

function refused(verb: string, path: string, status: number, text: string): ClusterError {
  return new ClusterError(
    `${verb} ${path}: the API server answered ${status}: ${text.slice(0, 500)}`,
  );
}
