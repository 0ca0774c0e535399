// A leader whose event loop stands still once it is told to: a process of its own, as only a process can stand still.
// Arguments: kubeconfig, namespace, identity, blockedMs. Writes one ConfigMap after another while it may.
import { KubeLeaseStore } from "../../../src/adapters/kubernetes/kube-lease-store.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { FencedWriter } from "../../../src/runtime/leader/fenced-writer.ts";
import { LeaseElection } from "../../../src/runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../../src/runtime/leader/lease-timing.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { Manager } from "../../../src/runtime/manager/manager.ts";
import { connectReal } from "./real-kube.ts";

const [, , kubeconfig = "", namespace = "", identity = "", blockedMs = "0"] = process.argv;
const kube = await connectReal(kubeconfig, { writeTimeoutMs: 2_000 });
const leaseKube = await connectReal(kubeconfig, { connectionsMax: 1 });

async function writeWhileLeading(term: Term, signal: AbortSignal): Promise<void> {
  const writer = new FencedWriter(kube.transport, term);
  for (let turn = 0; !signal.aborted; turn += 1) {
    if (turn === 5) {
      process.stdout.write("blocking\n");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(blockedMs));
    }
    const object = {
      metadata: { name: "written", namespace },
      data: { by: identity, turn: `${turn}` },
    };
    await writer.apply(KINDS.ConfigMap, object, { signal, fieldManager: identity });
  }
}

const manager = new Manager({
  ...kube,
  election: new LeaseElection({
    ...kube,
    name: "blocked",
    store: new KubeLeaseStore(leaseKube.transport, namespace, "master"),
    identity,
    timing: MASTER_TIMING,
  }),
  activities: [{ name: "writer", run: writeWhileLeading }],
});
process.exit(await manager.run(new AbortController().signal));
