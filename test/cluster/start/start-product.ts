import { ClusterError } from "../host/cluster-error.ts";
import { createProgress } from "../host/progress.ts";
import { startCluster } from "../start-cluster.ts";
import { readState } from "../state-file.ts";
import type { Ground } from "./bring-up.ts";
import { formatDiagnosis } from "./diagnosis/format-diagnosis.ts";
import { observeWorld } from "./diagnosis/observe-world.ts";
import { writeEndpoints } from "./endpoints.ts";
import { groundOfExisting } from "./ground-existing.ts";
import { groundOfHost } from "./ground-host.ts";
import { groundOfNodes } from "./ground-nodes.ts";
import type { StartOptions, StartTarget } from "./options.ts";
import { NAME_DEFAULT } from "./run-record.ts";
import { Session } from "./session.ts";
import { listenForStop } from "./stop-signal.ts";
import { stopCommand, welcome } from "./welcome.ts";

/**
 * Brings everything up and tells where it is. Attached, it stays until Ctrl-C and then takes everything down.
 * @throws {ClusterError} when it does not come up; what is wrong was printed, and nothing is left but with `--keep`.
 */
export async function startProduct(root: string, options: StartOptions): Promise<void> {
  const startedMs = performance.now();
  const progress = createProgress();
  const stop = listenForStop();
  const session = await Session.begin({
    root,
    name: nameOf(options),
    progress,
    signal: stop.signal,
  });
  let ground: Ground | undefined;
  try {
    ground = await layGround(session, options);
    const endpoints = await ground.bringUp();
    stop.signal.throwIfAborted();
    writeEndpoints(session.folder, endpoints);
    console.log(welcome(endpoints, (performance.now() - startedMs) / 1000));
  } catch (error) {
    progress.done();
    throw await explainFailure(error, session, ground, options);
  }
  if (options.isDetached) {
    session.leaveRunning();
    return;
  }
  console.log("Ctrl-C here ends it too.");
  await stop.reached;
  console.error("\nstopping …");
  await session.end();
}

const nameOf = ({ target }: StartOptions): string =>
  target.kind === "own" ? target.name : NAME_DEFAULT;

async function layGround(session: Session, options: StartOptions): Promise<Ground> {
  const { target } = options;
  if (target.kind === "existing") return await groundOfExisting(session, target);
  // A cluster that may have to outlive this process is nobody's; else it ends with us however we end.
  const mayOutlive = options.isDetached || options.isKept;
  const cluster = await startOwnCluster(session, target, mayOutlive);
  return cluster.tier === "nodes"
    ? groundOfNodes(session, cluster)
    : groundOfHost(session, cluster);
}

async function startOwnCluster(
  session: Session,
  { name, nodes, tier }: Extract<StartTarget, { kind: "own" }>,
  isDetached: boolean,
) {
  session.noteCluster(name);
  const cluster = await startCluster({
    name,
    nodes,
    isDetached,
    progress: session.progress,
    signal: session.signal,
    ...(tier === undefined ? {} : { tier }),
  });
  session.noteCluster(name, readState(cluster.stateDir)?.startedAt);
  return cluster;
}

/** Says what is wrong while it can still be asked, then takes everything down, or leaves it to be looked at. */
async function explainFailure(
  error: unknown,
  session: Session,
  ground: Ground | undefined,
  options: StartOptions,
): Promise<unknown> {
  if (session.signal.aborted) {
    console.error("\nstopping …");
    await session.end();
    return new ClusterError("stopped before it was up; nothing is left");
  }
  if (ground === undefined) {
    await session.end();
    return error;
  }
  const world = await observeWorld(ground.kubectl, session.processes);
  console.error(`\n${formatDiagnosis(world)}`);
  if (!options.isKept) {
    console.error(
      options.target.kind === "existing"
        ? "the existing cluster keeps what was applied\n"
        : "stopping … (--keep leaves everything running)\n",
    );
    await session.end();
    return error;
  }
  session.leaveRunning();
  console.error(
    `left running (--keep); look with: kubectl --kubeconfig=${ground.kubeconfig} -n orchestrator get all`,
  );
  console.error(`${stopCommand(nameOf(options))} ends it\n`);
  return error;
}
