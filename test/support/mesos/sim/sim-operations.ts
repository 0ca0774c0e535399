import type { AgentEventOf } from "../../../../src/api/agent-link/events.ts";
import {
  acknowledgeOperation,
  applyOperation,
  EMPTY_BOOK,
  type OperationBook,
  unknownResource,
} from "../../../../src/domain/agent/operation-book.ts";
import type { Resource } from "../../../../src/api/mesos/resource.ts";
import { applyCheckpointed } from "../../../../src/domain/mesos/operations/checkpointed-resources.ts";
import { readResources, writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import type { Resources } from "../../../../src/domain/resources/resource.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimAgentLink } from "./sim-agent-link.ts";

const RESEND_MS = 10_000;

export interface SimOperationsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly link: SimAgentLink;
  readonly agentId: () => string | undefined;
  readonly violation: (what: string) => void;
  /** False: nothing of it is known after a cut, the master remembers. */
  readonly hasDisk: boolean;
}

/** Reservations of a simulated agent: each operation done once, told until it is acknowledged. */
export class SimOperations {
  readonly #parts: SimOperationsParts;
  readonly #done = new Set<string>();
  book: OperationBook = EMPTY_BOOK;

  constructor(parts: SimOperationsParts) {
    this.#parts = parts;
  }

  /** What a subscription says. An agent without a disk begins anew with each. */
  report(): Record<string, unknown> {
    if (!this.#parts.hasDisk) {
      this.book = EMPTY_BOOK;
      return {};
    }
    return {
      operations: [...this.book.operations.values()].map(
        ({ uuid, frameworkId = "", info, status }) => ({
          framework_id: { value: frameworkId },
          info,
          latest_status: status,
          uuid: { value: uuid },
        }),
      ),
      checkpointed_resources: writeResources(this.book.checkpointed, { refined: true }),
    };
  }

  subscribed(remembered: readonly Resource[] | undefined): void {
    const read = readResources(remembered ?? []);
    if (!this.#parts.hasDisk && read.ok) this.book = { ...this.book, checkpointed: read.resources };
    for (const uuid of this.book.operations.keys()) this.#tell(uuid);
  }

  apply(event: AgentEventOf<"APPLY_OPERATION">): void {
    const { operation_uuid: uuid, framework_id, operation } = event;
    const { random, violation, agentId, hasDisk } = this.#parts;
    if (!this.book.operations.has(uuid)) {
      if (hasDisk && this.#done.has(uuid))
        violation(`operation ${uuid} came again when it was over`);
      this.#done.add(uuid);
      const order = { uuid, info: operation };
      const stamp = {
        agentId: agentId() ?? "",
        uuid: Buffer.from(random.uuid().replaceAll("-", ""), "hex").toString("base64"),
      };
      const asked = framework_id === undefined ? order : { ...order, frameworkId: framework_id };
      this.book = applyOperation(this.book, asked, { makesVolumes: false }, stamp).book;
    }
    this.#tell(uuid);
  }

  acknowledge({ operation_uuid, uuid }: AgentEventOf<"ACKNOWLEDGE_OPERATION">): void {
    this.book = acknowledgeOperation(this.book, operation_uuid, uuid) ?? this.book;
  }

  /** What there is, given what the machine has. */
  totalOf(inventory: Resources): Resources {
    return applyCheckpointed(inventory, this.book.checkpointed);
  }

  unknown(resources: readonly Resource[] | undefined): string | undefined {
    return unknownResource(this.book, resources);
  }

  #tell(uuid: string): void {
    const operation = this.book.operations.get(uuid);
    if (operation === undefined) return;
    const { link, clock } = this.#parts;
    const { generation } = link;
    link.call({ type: "OPERATION_STATUS", operation_uuid: uuid, status: operation.status });
    clock.after(RESEND_MS, () => {
      if (generation === link.generation) this.#tell(uuid);
    });
  }
}
