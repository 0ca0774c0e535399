import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Term } from "../../runtime/leader/term.ts";
import { sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { StatusWriter } from "../../runtime/status/status-writer.ts";
import type { KubeKind } from "../../runtime/kube/kube-kind.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import { clusterStatus, type ClusterSeen } from "../../domain/master-status/cluster-status.ts";

/** Who writes the engine's facts; the operator writes the rest. */
export const STATUS_MANAGER = "orchestrator-master";
const LOOK_EVERY_MS = 2000;

export interface MasterStatusParts {
  readonly kind: KubeKind;
  /** The MesosCluster as it is known now. */
  readonly object: () => KubeObject | undefined;
  /** What there is to show; undefined while this master does not lead yet. */
  readonly observe: () => ClusterSeen | undefined;
  readonly kube: KubeWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Shows the state of the engine on its MesosCluster while this master leads; rarely, and only what changed. */
export class MasterStatusLoop {
  readonly name = "master-status";
  readonly #parts: MasterStatusParts;

  constructor(parts: MasterStatusParts) {
    this.#parts = parts;
  }

  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { kind, clock, logger } = this.#parts;
    const writer = new StatusWriter({ kind, clock, fieldManager: STATUS_MANAGER });
    const kube = new FencedWriter(this.#parts.kube, term);
    const isOver = (): boolean => signal.aborted || !term.isCurrent();
    while (!isOver()) {
      try {
        await this.#show(writer, kube, signal);
      } catch (error) {
        if (isOver()) return;
        logger.warn("The status of the MesosCluster could not be written.", { error });
      }
      await sleep(clock, LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  async #show(writer: StatusWriter, kube: KubeWriter, signal: AbortSignal): Promise<void> {
    const object = this.#parts.object();
    const seen = this.#parts.observe();
    if (object === undefined || seen === undefined) return;
    await writer.write(object, clusterStatus(seen), { kube, signal });
  }
}
