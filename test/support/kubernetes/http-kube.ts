import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { apiVersionOf, type KubeKind, type KubeRef } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { Selection, WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";
import type { FakeKube } from "./fake-kube.ts";

const STATUS: Readonly<Record<string, readonly [code: number, reason: string]>> = {
  KUBE_NOT_FOUND: [404, "NotFound"],
  KUBE_ALREADY_EXISTS: [409, "AlreadyExists"],
  KUBE_CONFLICT: [409, "Conflict"],
  KUBE_APPLY_CONFLICT: [409, "Conflict"],
  KUBE_GONE: [410, "Expired"],
  KUBE_INVALID: [422, "Invalid"],
};
const PATH =
  /^\/apis?(?:\/(?<group>[^/]+\.[^/]+|apps))?\/(?<version>v\d[^/]*)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/;

interface Asked {
  readonly kind: KubeKind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** {@link FakeKube} over HTTP, for processes that bring their own connection: what they ask for, no more. */
export class HttpKube {
  readonly #kube: FakeKube;
  readonly #kinds: readonly KubeKind[];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(kube: FakeKube, kinds: readonly KubeKind[]) {
    this.#kube = kube;
    this.#kinds = kinds;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** A kubeconfig whose current context is this server and the namespace. */
  kubeconfig(namespace: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "fake",
          // client-node wants it said for plain HTTP.
          cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true },
        },
      ],
      users: [{ name: "fake", user: {} }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "fake", namespace } }],
      "current-context": "fake",
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    let name = "";
    try {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const asked = this.#read(request.url ?? "/", body, gone.signal);
      name = asked.name ?? "";
      if (asked.query.has("watch")) {
        await this.#watch(asked, response);
        return;
      }
      const answer = await this.#answer(request, asked);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch (error) {
      if (gone.signal.aborted) return;
      const [code, reason] = (isOperatingError(error) ? STATUS[error.code] : undefined) ?? [
        500,
        "InternalError",
      ];
      const details = name === "" ? {} : { name };
      const status = { kind: "Status", code, reason, message: String(error), details };
      if (response.headersSent) {
        response.end(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
      } else response.writeHead(code).end(JSON.stringify(status));
    }
  }

  #read(target: string, body: string, signal: AbortSignal): Asked {
    const url = new URL(target, "http://localhost");
    const {
      group = "",
      plural,
      namespace,
      name,
      subresource,
    } = PATH.exec(url.pathname)?.groups ?? {};
    const kind = this.#kinds.find((one) => one.plural === plural && one.group === group);
    if (kind === undefined) throw new Error(`nobody expected ${url.pathname}`);
    return { kind, namespace, name, subresource, query: url.searchParams, body, signal };
  }

  async #answer({ method, headers }: IncomingMessage, asked: Asked): Promise<object> {
    const { kind, namespace, name, subresource, query, body, signal } = asked;
    const text = (key: string): Record<string, string> =>
      query.get(key) === null ? {} : { [key]: query.get(key)! };
    const options = {
      signal,
      ...text("fieldManager"),
      ...(subresource === undefined ? {} : { subresource: subresource as "status" }),
    };
    if (name === undefined) {
      if (method === "POST") return this.#kube.create(kind, inNamespace(body, namespace), options);
      const limit = query.get("limit");
      const list = await this.#kube.list(selectionOf(asked), {
        signal,
        ...text("continue"),
        ...(limit === null ? {} : { limit: Number(limit) }),
      });
      const { items, ...metadata } = list;
      return { apiVersion: apiVersionOf(kind), kind: `${kind.kind}List`, metadata, items };
    }
    const ref: KubeRef = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
    switch (method) {
      case "PATCH": {
        const type = headers["content-type"] ?? "";
        if (type.includes("apply")) {
          const force = query.get("force") !== "false";
          return this.#kube.apply(kind, inNamespace(body, namespace), { ...options, force });
        }
        const patch = JSON.parse(body) as never;
        return this.#kube.patch(
          ref,
          type.includes("json-patch")
            ? { type: "json", operations: patch }
            : { type: "merge", patch },
          options,
        );
      }
      case "DELETE": {
        const { preconditions = {} } = JSON.parse(body) as { preconditions?: object };
        if (await this.#kube.delete(ref, { signal, ...preconditions })) return { kind: "Status" };
        throw absent(name);
      }
      default: {
        const found = await this.#kube.get(ref, { signal });
        if (found === undefined) throw absent(name);
        return found;
      }
    }
  }

  async #watch(asked: Asked, response: ServerResponse): Promise<void> {
    const { query, signal } = asked;
    const resourceVersion = query.get("resourceVersion");
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const events = this.#kube.watch(selectionOf(asked), {
      signal,
      timeoutSeconds: Number(query.get("timeoutSeconds") ?? 300),
      ...(resourceVersion === null ? {} : { resourceVersion }),
      ...(query.get("sendInitialEvents") === "true" ? { sendInitialEvents: true } : {}),
    });
    for await (const event of events) response.write(`${lineOf(event)}\n`);
    response.end();
  }
}

const absent = (name: string): Error =>
  Object.assign(new Error(`${name} not found`), { name: "OperatingError", code: "KUBE_NOT_FOUND" });

function inNamespace(body: string, namespace: string | undefined): KubeObject {
  const object = JSON.parse(body) as KubeObject;
  return namespace === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };
}

function selectionOf({ kind, namespace, query }: Asked): Selection {
  const labelSelector = query.get("labelSelector");
  const fieldSelector = query.get("fieldSelector");
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === null ? {} : { labelSelector }),
    ...(fieldSelector === null ? {} : { fieldSelector }),
  };
}

function lineOf(event: WatchEvent<KubeObject>): string {
  if (event.type !== "BOOKMARK") return JSON.stringify(event);
  const annotations = event.initialEventsEnd ? { "k8s.io/initial-events-end": "true" } : {};
  const metadata = { resourceVersion: event.resourceVersion, annotations };
  return JSON.stringify({ type: "BOOKMARK", object: { metadata } });
}
