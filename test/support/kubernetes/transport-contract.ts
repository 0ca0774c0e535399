import { expect } from "chai";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport, WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";

export interface ContractSubject {
  readonly kube: KubeTransport;
  /** Empty, and ours alone. */
  readonly namespace: string;
}

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
interface StatefulSet extends KubeObject {
  readonly spec: unknown;
  readonly status?: {
    readonly replicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  };
}

/** Of a StatefulSet without Pods. */
function setSpec(name: string) {
  const labels = { app: name };
  return {
    serviceName: name,
    replicas: 0,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: "main", image: "localhost/none" }] },
    },
  };
}

/** What every {@link KubeTransport} does, whatever is behind it. Runs against the fake and against the real API server. */
export function describeKubeTransport(name: string, subject: () => ContractSubject): void {
  describe(`KubeTransport: ${name}`, () => {
    const kind = KINDS.ConfigMap;
    const signal = (): AbortSignal => AbortSignal.timeout(20_000);
    const configMap = (named: string, data: Record<string, string> = {}): ConfigMap => ({
      metadata: { name: named, namespace: subject().namespace },
      data,
    });
    const ref = (named: string) => ({ kind, namespace: subject().namespace, name: named });
    const refusal = async (call: Promise<unknown>): Promise<ErrorCode> => {
      try {
        await call;
      } catch (error) {
        if (isOperatingError(error)) return error.code;
        throw error;
      }
      throw new Error("the call was not refused");
    };

    it("gives undefined for an object that is not there", async () => {
      const found = await subject().kube.get(ref("absent"), { signal: signal() });
      expect(found).to.equal(undefined);
    });

    it("gives back what was created, with its identity", async () => {
      const { kube } = subject();
      const made = await kube.create(kind, configMap("made", { a: "1" }), { signal: signal() });
      expect(made.metadata.uid).to.be.a("string");
      expect(made.metadata.resourceVersion).to.match(/^\d+$/);
      const read = await kube.get<ConfigMap>(ref("made"), { signal: signal() });
      expect(read?.data).to.deep.equal({ a: "1" });
      expect(read).to.include({ apiVersion: "v1", kind: "ConfigMap" });
    });

    it("refuses to create what exists", async () => {
      const { kube } = subject();
      await kube.create(kind, configMap("twice"), { signal: signal() });
      const code = await refusal(kube.create(kind, configMap("twice"), { signal: signal() }));
      expect(code).to.equal("KUBE_ALREADY_EXISTS");
    });

    it("creates by applying, and keeps the version when the same is applied again", async () => {
      const { kube } = subject();
      const first = await kube.apply(kind, configMap("applied", { a: "1" }), { signal: signal() });
      const again = await kube.apply(kind, configMap("applied", { a: "1" }), { signal: signal() });
      expect(again.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
    });

    it("removes a field that its only owner leaves out, and keeps those of others", async () => {
      const { kube } = subject();
      await kube.apply(kind, configMap("shared", { a: "1", b: "1" }), { signal: signal() });
      await kube.apply(kind, configMap("shared", { c: "1" }), {
        signal: signal(),
        fieldManager: "other",
      });
      const left = await kube.apply(kind, configMap("shared", { a: "1" }), { signal: signal() });
      expect(left.data).to.deep.equal({ a: "1", c: "1" });
    });

    it("removes an annotation and an element of a keyed list that their only owner leaves out", async () => {
      const { kube, namespace } = subject();
      const metadata = { name: "elements", namespace };
      const spec = setSpec("elements");
      const annotations = { "test/gone": "1", "test/kept": "1" };
      const set: StatefulSet = { metadata: { ...metadata, annotations }, spec };
      await kube.apply(KINDS.StatefulSet, set, { signal: signal() });
      const without = { ...metadata, annotations: { "test/kept": "1" } };
      const left = await kube.apply(
        KINDS.StatefulSet,
        { metadata: without, spec },
        { signal: signal() },
      );
      expect(left.metadata.annotations).to.deep.equal({ "test/kept": "1" });
      const write = async (types: readonly string[]): Promise<readonly string[]> => {
        const conditions = types.map((type) => ({ status: "True", type, message: "m" }));
        const { status } = await kube.apply<StatefulSet>(
          KINDS.StatefulSet,
          { metadata, spec: undefined, status: { replicas: 0, conditions } },
          { signal: signal(), subresource: "status", fieldManager: "counter" },
        );
        return (status?.conditions ?? []).map(({ type, message }) => `${type} ${message}`);
      };
      expect(await write(["One", "Two"])).to.have.members(["One m", "Two m"]);
      expect(await write(["Two"])).to.deep.equal(["Two m"]);
    });

    it("names the manager and the field of a conflict, and takes the field by force", async () => {
      const { kube } = subject();
      await kube.apply(kind, configMap("disputed", { a: "1" }), {
        signal: signal(),
        fieldManager: "person",
      });
      const wanted = configMap("disputed", { a: "2" });
      try {
        await kube.apply(kind, wanted, { signal: signal(), force: false });
        expect.fail("the conflict was not told");
      } catch (error) {
        if (!isOperatingError(error, "KUBE_APPLY_CONFLICT")) throw error;
        expect(error.details["managers"]).to.have.length(1);
        expect(error.details["fields"]).to.deep.equal([".data.a"]);
      }
      const taken = await kube.apply(kind, wanted, { signal: signal(), force: true });
      expect(taken.data).to.deep.equal({ a: "2" });
    });

    it("stores nothing in a dry run", async () => {
      const { kube } = subject();
      const dry = { signal: signal(), dryRun: true };
      const shown = await kube.apply(kind, configMap("dry", { a: "1" }), dry);
      expect(shown.data).to.deep.equal({ a: "1" });
      expect(await kube.get(ref("dry"), { signal: signal() })).to.equal(undefined);
    });

    it("patches, and refuses a patch that was made for an older version", async () => {
      const { kube } = subject();
      const made = await kube.create(kind, configMap("patched", { a: "1" }), { signal: signal() });
      const resourceVersion = made.metadata.resourceVersion ?? "";
      const merge = { metadata: { resourceVersion }, data: { a: null, b: "2" } };
      const patched = await kube.patch<ConfigMap>(
        ref("patched"),
        { type: "merge", patch: merge },
        { signal: signal() },
      );
      expect(patched.data).to.deep.equal({ b: "2" });
      const late = kube.patch(
        ref("patched"),
        { type: "merge", patch: merge },
        { signal: signal() },
      );
      expect(await refusal(late)).to.equal("KUBE_CONFLICT");
    });

    it("runs the operations of a JSON patch in order, or none of them", async () => {
      const { kube } = subject();
      await kube.create(kind, configMap("operated", { a: "1" }), { signal: signal() });
      const done = await kube.patch<ConfigMap>(
        ref("operated"),
        {
          type: "json",
          operations: [
            { op: "test", path: "/data/a", value: "1" },
            { op: "add", path: "/data/b", value: "2" },
            { op: "remove", path: "/data/a" },
          ],
        },
        { signal: signal() },
      );
      expect(done.data).to.deep.equal({ b: "2" });
      const refused = kube.patch(
        ref("operated"),
        {
          type: "json",
          operations: [
            { op: "remove", path: "/data/b" },
            { op: "test", path: "/data/absent", value: "1" },
          ],
        },
        { signal: signal() },
      );
      expect(await refusal(refused)).to.equal("KUBE_INVALID");
      const read = await kube.get<ConfigMap>(ref("operated"), { signal: signal() });
      expect(read?.data).to.deep.equal({ b: "2" });
    });

    it("deletes only the object that was meant", async () => {
      const { kube } = subject();
      const made = await kube.create(kind, configMap("meant"), { signal: signal() });
      const other = kube.delete(ref("meant"), { signal: signal(), uid: "another" });
      expect(await refusal(other)).to.equal("KUBE_CONFLICT");
      const uid = made.metadata.uid ?? "";
      expect(await kube.delete(ref("meant"), { signal: signal(), uid })).to.equal(true);
      expect(await kube.delete(ref("meant"), { signal: signal(), uid })).to.equal(false);
    });

    it("keeps an object with a finalizer until the finalizer is gone", async () => {
      const { kube, namespace } = subject();
      const metadata = { name: "kept", namespace, finalizers: ["orchestrator.io/cleanup"] };
      await kube.create(kind, { metadata }, { signal: signal() });
      await kube.delete(ref("kept"), { signal: signal() });
      const kept = await kube.get(ref("kept"), { signal: signal() });
      expect(kept?.metadata.deletionTimestamp).to.be.a("string");
      const patch = { metadata: { finalizers: null } };
      await kube.patch(ref("kept"), { type: "merge", patch }, { signal: signal() });
      expect(await kube.get(ref("kept"), { signal: signal() })).to.equal(undefined);
    });

    it("writes a status apart from the object, without a new generation", async () => {
      const { kube, namespace } = subject();
      const metadata = { name: "counted", namespace };
      const spec = setSpec("counted");
      const set: StatefulSet = { metadata, spec };
      const made = await kube.apply(KINDS.StatefulSet, set, { signal: signal() });
      const written = await kube.apply<StatefulSet>(
        KINDS.StatefulSet,
        { metadata, spec: undefined, status: { replicas: 3, observedGeneration: 7 } },
        { signal: signal(), subresource: "status", fieldManager: "counter" },
      );
      expect(written.metadata.generation).to.equal(made.metadata.generation);
      expect(written.status).to.include({ replicas: 3 });
      expect(written.spec).to.have.property("serviceName", "counted");
    });

    it("lists by label, in pages", async () => {
      const { kube, namespace } = subject();
      const labels = { listed: "yes" };
      for (const each of ["l1", "l2", "l3"]) {
        const metadata = { name: each, namespace, labels };
        await kube.create(kind, { metadata }, { signal: signal() });
      }
      const selection = { kind, namespace, labelSelector: "listed=yes" };
      const first = await kube.list(selection, { signal: signal(), limit: 2 });
      expect(first.items.map(({ metadata }) => metadata.name)).to.deep.equal(["l1", "l2"]);
      expect(first.continue).to.be.a("string");
      const rest = await kube.list(selection, {
        signal: signal(),
        limit: 2,
        ...(first.continue === undefined ? {} : { continue: first.continue }),
      });
      expect(rest.items.map(({ metadata }) => metadata.name)).to.deep.equal(["l3"]);
      expect(rest.continue).to.equal(undefined);
      expect(rest.items[0]).to.include({ apiVersion: "v1", kind: "ConfigMap" });
    });

    it("watches: what exists, the end of that, then every change until it is aborted", async () => {
      const { kube, namespace } = subject();
      const labels = { watched: "yes" };
      const metadata = { name: "seen", namespace, labels };
      await kube.create(kind, { metadata }, { signal: signal() });
      const stop = new AbortController();
      const seen: string[] = [];
      const reason = new Error("enough");
      const selection = { kind, namespace, labelSelector: "watched=yes" };
      const following = (async () => {
        const events: AsyncIterable<WatchEvent<KubeObject>> = kube.watch(selection, {
          signal: stop.signal,
          timeoutSeconds: 60,
          sendInitialEvents: true,
        });
        for await (const event of events) {
          seen.push(event.type);
          if (event.type === "BOOKMARK" && event.initialEventsEnd) {
            await kube.apply<ConfigMap>(kind, { metadata, data: { a: "2" } }, { signal: signal() });
            await kube.delete({ kind, namespace, name: "seen" }, { signal: signal() });
          }
          if (event.type === "DELETED") stop.abort(reason);
        }
      })();
      const end = await following.catch((error: unknown) => error);
      expect(end).to.equal(reason);
      expect(seen).to.deep.equal(["ADDED", "BOOKMARK", "MODIFIED", "DELETED"]);
    });

    it("goes on watching from a version it was given", async () => {
      const { kube, namespace } = subject();
      const made = await kube.create(kind, configMap("resumed", { a: "1" }), { signal: signal() });
      await kube.apply(kind, configMap("resumed", { a: "2" }), { signal: signal() });
      const stop = new AbortController();
      const events = kube.watch<ConfigMap>(
        { kind, namespace, fieldSelector: "metadata.name=resumed" },
        {
          signal: stop.signal,
          timeoutSeconds: 60,
          resourceVersion: made.metadata.resourceVersion ?? "",
        },
      );
      for await (const event of events) {
        expect(event.type).to.equal("MODIFIED");
        break;
      }
      stop.abort();
    });

    it("ends with the signal's own reason when it is aborted", async () => {
      const reason = new Error("stopped");
      const call = subject().kube.get(ref("any"), { signal: AbortSignal.abort(reason) });
      expect(await call.catch((error: unknown) => error)).to.equal(reason);
    });
  });
}
