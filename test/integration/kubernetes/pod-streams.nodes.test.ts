import { expect } from "chai";
import { KubePodStreams } from "../../../src/adapters/kubernetes/kube-pod-streams.ts";
import { openKubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig-access.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { busyboxImage, ensureBusyboxImage } from "../../cluster/index.ts";
import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

interface Pod extends KubeObject {
  readonly spec?: object;
  readonly status?: { readonly phase?: string };
}

describe("KubePodStreams", () => {
  const cluster = useCluster("nodes");
  let kube: RealKube;
  let streams: KubePodStreams;
  let namespace: string;
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  const bytes = (text: string): Uint8Array => Buffer.from(text);

  before(async function start() {
    this.timeout(600_000);
    const { kubeconfigPath, handle } = await cluster();
    await handle?.loadImage(await ensureBusyboxImage());
    kube = await connectReal(kubeconfigPath);
    const access = await openKubeconfigAccess({ clock: kube.clock, file: kubeconfigPath });
    streams = new KubePodStreams({ ...kube, access });
    namespace = await makeNamespace(kube.transport, "streams");
    const command = ["sh", "-c", "echo hello; while read line; do echo got $line; done; sleep 600"];
    const container = {
      name: "main",
      image: busyboxImage,
      imagePullPolicy: "Never",
      command,
      stdin: true,
    };
    const pod: Pod = {
      metadata: { name: "talker", namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [container],
      },
    };
    // The namespace's service account is made by the controller manager, a moment later.
    await eventually(() => kube.transport.create(KINDS.Pod, pod, { signal: signal() }));
    for await (const event of kube.transport.watch<Pod>(
      { kind: KINDS.Pod, namespace },
      { signal: AbortSignal.timeout(120_000), timeoutSeconds: 120, sendInitialEvents: true },
    )) {
      if (event.type !== "BOOKMARK" && event.object.status?.phase === "Running") break;
    }
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  async function eventually(call: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await call();
        return;
      } catch (error) {
        if (tries === 50) throw error;
        await new Promise((resolve) => kube.clock.after(200, () => resolve(undefined)));
      }
    }
  }
  const pod = (): { namespace: string; pod: string } => ({ namespace, pod: "talker" });

  it("gives a container's log", async () => {
    let text = "";
    for await (const chunk of streams.log(pod(), { signal: signal() })) {
      text += Buffer.from(chunk).toString();
    }
    expect(text).to.contain("hello");
  });

  it("follows a log until it is aborted", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const following = (async () => {
      for await (const chunk of streams.log(pod(), { signal: stop.signal, follow: true })) {
        if (Buffer.from(chunk).toString().includes("hello")) stop.abort(reason);
      }
    })();
    expect(await following.catch((error: unknown) => error)).to.equal(reason);
  });

  it("says KUBE_NOT_FOUND for the log of a pod that is gone", async () => {
    const reading = (async () => {
      for await (const _ of streams.log({ namespace, pod: "gone" }, { signal: signal() }));
    })();
    expect(await reading.catch((error: unknown) => error)).to.have.property(
      "code",
      "KUBE_NOT_FOUND",
    );
  });

  it("runs a command, keeps its outputs apart and gives its exit code", async () => {
    let out = "";
    let err = "";
    const { exitCode } = await streams.exec(pod(), {
      signal: signal(),
      command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
      onStdout: (chunk) => (out += Buffer.from(chunk).toString()),
      onStderr: (chunk) => (err += Buffer.from(chunk).toString()),
    });
    expect({ exitCode, out, err }).to.deep.equal({ exitCode: 3, out: "out\n", err: "err\n" });
  });

  it("feeds a command and tells it where its input ends", async () => {
    let out = "";
    // eslint-disable-next-line @typescript-eslint/require-await -- an async source is what the port takes
    const stdin = (async function* () {
      yield bytes("one\n");
      yield bytes("two\n");
    })();
    const { exitCode } = await streams.exec(pod(), {
      signal: signal(),
      command: ["cat"],
      stdin,
      onStdout: (chunk) => (out += Buffer.from(chunk).toString()),
    });
    expect({ exitCode, out }).to.deep.equal({ exitCode: 0, out: "one\ntwo\n" });
  });

  it("ends a command when its signal aborts", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const running = streams.exec(pod(), {
      signal: stop.signal,
      command: ["sh", "-c", "echo on; sleep 600"],
      onStdout: () => stop.abort(reason),
    });
    expect(await running.catch((error: unknown) => error)).to.equal(reason);
  });

  it("says KUBE_NOT_FOUND for a command in a pod that is gone", async () => {
    const running = streams.exec(
      { namespace, pod: "gone" },
      { signal: signal(), command: ["true"], onStdout: () => undefined },
    );
    expect(await running.catch((error: unknown) => error)).to.have.property(
      "name",
      "OperatingError",
    );
  });

  it("attaches to the container's own process", async () => {
    const stop = new AbortController();
    const reason = new Error("heard");
    const heard = Promise.withResolvers<undefined>();
    let out = "";
    // The input stays open until the answer came: the runtime ends an attachment with its input.
    const stdin = (async function* () {
      yield bytes("ping\n");
      await heard.promise;
    })();
    const attached = streams.attach(pod(), {
      signal: stop.signal,
      stdin,
      onStdout: (chunk) => {
        out += Buffer.from(chunk).toString();
        if (!out.includes("got ping")) return;
        heard.resolve(undefined);
        stop.abort(reason);
      },
    });
    expect(await attached.catch((error: unknown) => error)).to.equal(reason);
  });
});
