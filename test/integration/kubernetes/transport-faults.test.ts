import { expect } from "chai";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport, WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";
import {
  ScriptedServer,
  hang,
  refuse,
  reset,
  sendJson,
  type Answer,
} from "../../support/kubernetes/scripted-server.ts";

const kind = KINDS.ConfigMap;
const ref = { kind, namespace: "ns", name: "a" };
const object = { metadata: { name: "a", namespace: "ns" } };
const stored = { ...object, apiVersion: "v1", kind: "ConfigMap" };
const ok = sendJson(stored);

describe("UndiciTransport under faults", () => {
  let server: ScriptedServer;
  let kube: KubeTransport;
  const signal = (): AbortSignal => AbortSignal.timeout(20_000);

  beforeEach(async () => {
    server = new ScriptedServer();
    await server.start();
    kube = server.connect().transport;
  });
  afterEach(() => server.stop());

  const codeOf = async (call: Promise<unknown>): Promise<ErrorCode | "none"> => {
    try {
      await call;
      return "none";
    } catch (error) {
      if (isOperatingError(error)) return error.code;
      throw error;
    }
  };
  const get = (): Promise<unknown> => kube.get(ref, { signal: signal() });
  const create = (): Promise<unknown> => kube.create(kind, object, { signal: signal() });
  const apply = (): Promise<unknown> => kube.apply(kind, object, { signal: signal() });

  const codes: Record<string, { readonly answer: Answer; readonly code: ErrorCode }> = {
    "a field that does not exist": { answer: refuse(422, "Invalid"), code: "KUBE_INVALID" },
    "a bad request": { answer: refuse(400, "BadRequest"), code: "KUBE_INVALID" },
    "a missing right": { answer: refuse(403, "Forbidden"), code: "KUBE_FORBIDDEN" },
    "a kind that is not served": { answer: refuse(404, "NotFound"), code: "KUBE_NOT_FOUND" },
    "an expired version": { answer: refuse(410, "Expired"), code: "KUBE_GONE" },
    "too many requests, without a time": {
      answer: refuse(429, "TooManyRequests"),
      code: "KUBE_THROTTLED",
    },
    "an internal error": { answer: refuse(500, "InternalError"), code: "KUBE_UNAVAILABLE" },
    "a server timeout": { answer: refuse(504, "Timeout"), code: "KUBE_TIMEOUT" },
    "an unknown content type": {
      answer: refuse(415, "UnsupportedMediaType"),
      code: "KUBE_PROTOCOL",
    },
    "a body too large": { answer: refuse(413, "RequestEntityTooLarge"), code: "KUBE_TOO_LARGE" },
    "something that is no JSON": {
      answer: (response) => response.end("<html>"),
      code: "KUBE_PROTOCOL",
    },
    "plain text from a proxy": {
      answer: (response) => response.writeHead(502).end("bad gateway"),
      code: "KUBE_UNAVAILABLE",
    },
  };
  for (const [name, { answer, code }] of Object.entries(codes)) {
    it(`says ${code} for ${name}`, async () => {
      server.answers(answer);
      expect(await codeOf(get())).to.equal(code);
    });
  }

  it("says KUBE_UNAVAILABLE when nobody listens", async () => {
    await server.stop();
    expect(await codeOf(create())).to.equal("KUBE_UNAVAILABLE");
    server = new ScriptedServer();
    await server.start();
  });

  it("reads the credentials anew after a 401, once, and repeats the call", async () => {
    server.answers(refuse(401, "Unauthorized"), ok);
    await get();
    expect(server.requests.map(({ headers }) => headers.authorization)).to.deep.equal([
      "Bearer token-0",
      "Bearer token-1",
    ]);
    server.answers(refuse(401, "Unauthorized"));
    expect(await codeOf(get())).to.equal("KUBE_UNAUTHORIZED");
    expect(server.requests).to.have.length(2);
  });

  it("waits out Retry-After for any verb, five times at most", async () => {
    const throttled = refuse(429, "TooManyRequests", { headers: { "retry-after": "0" } });
    server.answers(throttled, throttled, ok);
    await create();
    expect(server.requests).to.have.length(3);
    server.answers(throttled);
    expect(await codeOf(create())).to.equal("KUBE_THROTTLED");
    expect(server.requests).to.have.length(6);
  });

  it("does not repeat an eviction that a budget refuses", async () => {
    server.answers(refuse(429, "TooManyRequests", { headers: { "retry-after": "0" } }));
    const eviction = kube.create(KINDS.Pod, object, { signal: signal(), subresource: "eviction" });
    expect(await codeOf(eviction)).to.equal("KUBE_THROTTLED");
    expect(server.requests).to.have.length(1);
  });

  it("repeats reading, applying and preconditioned deleting three times after a reset, creating never", async () => {
    const calls: readonly (readonly [number, () => Promise<unknown>])[] = [
      [4, get],
      [4, apply],
      [4, () => kube.delete(ref, { signal: signal(), uid: "u" })],
      [1, () => kube.delete(ref, { signal: signal() })],
      [1, create],
      [1, () => kube.patch(ref, { type: "merge", patch: {} }, { signal: signal() })],
    ];
    for (const [times, call] of calls) {
      server.answers(reset);
      expect(await codeOf(call())).to.equal("KUBE_UNAVAILABLE");
      expect(server.requests).to.have.length(times);
    }
  });

  it("ends a write after its timeout, here and at the server", async () => {
    kube = server.connect({ writeTimeoutMs: 100 }).transport;
    server.answers(hang);
    const error = await create().catch((failure: unknown) => failure);
    expect(error).to.have.property("code", "KUBE_TIMEOUT");
    // By its own timeout: what is not answered at all ends later, and with another cause.
    expect(error).to.have.nested.property("cause.message", "timed out after 100 ms");
    expect(server.requests[0]!.query.get("timeout")).to.equal("100ms");
  });

  it("stops waiting when its signal aborts, with the signal's reason", async () => {
    server.answers(hang);
    const stop = new AbortController();
    const call = kube.get(ref, { signal: stop.signal }).catch((error: unknown) => error);
    const reason = new Error("stopped");
    queueMicrotask(() => stop.abort(reason));
    expect(await call).to.equal(reason);
  });

  it("says who it is and validates fields as it was told", async () => {
    server.answers(ok);
    await create();
    const [request] = server.requests;
    expect(request!.headers["user-agent"]).to.equal("orchestrator/1.2.3 (test)");
    expect(request!.query.get("fieldValidation")).to.equal("Warn");
    expect(request!.query.get("fieldManager")).to.equal("orchestrator");
  });

  it("counts warnings and logs each text once", async () => {
    server.answers(sendJson(stored, { warning: '299 - "v1beta1 is deprecated"' }));
    await get();
    await get();
    expect(server.meter.value("orchestrator_kube_warnings_total")).to.equal(2);
    expect(server.logger.lines).to.have.length(1);
    expect(server.logger.lines[0]).to.include({ errMessage: "v1beta1 is deprecated" });
  });

  it("counts its requests under client-go's names", async () => {
    server.answers(ok);
    await get();
    const host = `127.0.0.1:${server.port}`;
    const labels = { code: "200", method: "GET", host };
    expect(server.meter.value("rest_client_requests_total", labels)).to.equal(1);
    const timed = server.meter.observed("rest_client_request_duration_seconds", {
      verb: "get",
      host,
    });
    expect(timed).to.have.length(1);
  });

  it("holds a rate it was given", async () => {
    kube = server.connect({ rate: { perSecond: 50, burst: 2 } }).transport;
    server.answers(ok);
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 7 }, () => get()));
    expect(performance.now() - startedMs).to.be.at.least(90);
  });

  describe("watching", () => {
    const line = (type: string, value: object): string =>
      `${JSON.stringify({ type, object: value })}\n`;
    const watched = async (...chunks: readonly (string | Buffer)[]): Promise<unknown[]> => {
      server.answers((response) => {
        const next = (index: number): void => {
          if (index === chunks.length) response.end();
          else response.write(chunks[index], () => setImmediate(() => next(index + 1)));
        };
        next(0);
      });
      const seen: unknown[] = [];
      const events: AsyncIterable<WatchEvent<KubeObject>> = kube.watch(
        { kind },
        { signal: signal(), timeoutSeconds: 300, resourceVersion: "1" },
      );
      try {
        for await (const event of events) {
          seen.push(event.type === "BOOKMARK" ? event : event.object.metadata.name);
        }
      } catch (error) {
        seen.push(isOperatingError(error) ? error.code : error);
      }
      return seen;
    };

    it("puts lines together that arrive in pieces, also inside a character", async () => {
      const bytes = Buffer.from(line("ADDED", { metadata: { name: "größe" } }));
      const cut = bytes.indexOf("ö") + 1;
      const pieces = [bytes.subarray(0, 5), bytes.subarray(5, cut), bytes.subarray(cut)];
      expect(await watched(...pieces)).to.deep.equal(["größe"]);
    });

    it("gives several events that arrive at once, and bookmarks", async () => {
      const bookmark = {
        metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "true" } },
      };
      const both = line("ADDED", { metadata: { name: "a" } }) + line("BOOKMARK", bookmark);
      expect(await watched(both)).to.deep.equal([
        "a",
        { type: "BOOKMARK", resourceVersion: "9", initialEventsEnd: true },
      ]);
    });

    it("drops a line that the connection ended in", async () => {
      const whole = line("ADDED", { metadata: { name: "a" } });
      expect(await watched(whole + '{"type":"ADD')).to.deep.equal(["a"]);
    });

    it("fails with the code of an ERROR event", async () => {
      const expired = { kind: "Status", code: 410, reason: "Expired" };
      expect(await watched(line("ERROR", expired))).to.deep.equal(["KUBE_GONE"]);
    });

    it("fails on a line that is no event", async () => {
      expect(await watched("no json\n")).to.deep.equal(["KUBE_PROTOCOL"]);
      expect(await watched(line("STRANGE", {}))).to.deep.equal(["KUBE_PROTOCOL"]);
    });

    it("refuses a line of more than 8 MiB instead of keeping it", async () => {
      const flood = "x".repeat(9 * 1024 * 1024);
      expect(await watched(flood)).to.deep.equal(["KUBE_TOO_LARGE"]);
    });

    it("tells a connection that broke", async () => {
      server.answers((response) => {
        response.write(line("ADDED", { metadata: { name: "a" } }));
        setImmediate(() => response.socket?.destroy());
      });
      const events = kube.watch({ kind }, { signal: signal(), timeoutSeconds: 300 });
      let code: unknown;
      try {
        for await (const event of events) expect(event.type).to.equal("ADDED");
      } catch (error) {
        code = isOperatingError(error) ? error.code : error;
      }
      expect(code).to.equal("KUBE_UNAVAILABLE");
    });
  });
});
