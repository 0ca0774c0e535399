import type { AgentEventOf } from "../../api/agent-link/events.ts";
import type { SubscribeCall } from "../../api/agent-link/calls.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import {
  acknowledgeOperation,
  type AppliedOperation,
  applyOperation,
  EMPTY_BOOK,
  type OperationBook,
  unknownResource,
  type VolumeChange,
} from "../../domain/agent/operation-book.ts";
import { RETRY_MS_MAX, RETRY_MS_MIN } from "../../domain/agent/update-stream.ts";
import { readResources, writeResources } from "../../domain/mesos/wire-resources.ts";
import type { CancelTimer, Clock } from "../../runtime/ports/clock.ts";
import type { AgentIdentity } from "./agent-identity.ts";
import type { OutgoingCall } from "./link/link-session.ts";
import type { Journal, VolumeStore } from "./ports.ts";
import type { SerialByKey } from "./serial.ts";
import { untilDone, type UntilDoneParts } from "./until-done.ts";

export interface OperationKeeperParts extends UntilDoneParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Undefined: the launcher mounts no persistent volumes, none are made. */
  readonly volumes?: VolumeStore | undefined;
  readonly identity: AgentIdentity;
  readonly serial: SerialByKey;
  readonly send: (call: OutgoingCall) => void;
}

/** All writes of the book go one after another. */
const SERIAL_KEY = "operations";

/**
 * Reservations and volumes of this agent, and the operations that made them: durable before anything is said of them,
 * said until it is acknowledged. An agent without a disk is told by the master what there is, each time it subscribes.
 */
export class OperationKeeper {
  readonly #parts: OperationKeeperParts;
  #book: OperationBook = EMPTY_BOOK;
  /** Durable, and by that to be told; with the wait until the next time. */
  readonly #telling = new Map<string, { waitMs: number; cancel: CancelTimer | undefined }>();
  #isListened = false;

  constructor(parts: OperationKeeperParts) {
    this.#parts = parts;
  }

  get makesVolumes(): boolean {
    return this.#parts.volumes !== undefined;
  }

  /** What a former life left. */
  restore(book: OperationBook | undefined): void {
    if (book === undefined) return;
    this.#book = book;
    for (const uuid of book.operations.keys()) this.#toTell(uuid);
  }

  /** For `/state`. */
  get checkpointed(): OperationBook["checkpointed"] {
    return this.#book.checkpointed;
  }

  /** What a subscription says of operations. */
  subscription(): Pick<SubscribeCall, "operations" | "checkpointed_resources" | "makes_volumes"> {
    const { checkpointed, operations } = this.#book;
    return {
      operations: [...operations.values()].map(({ uuid, frameworkId, info, status }) => ({
        ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
        agent_id: { value: this.#parts.identity.agentId },
        info,
        latest_status: status,
        statuses: [status],
        uuid: { value: uuid },
      })),
      ...(this.#parts.journal.keepsOperations
        ? { checkpointed_resources: writeResources(checkpointed, { refined: true }) }
        : {}),
      makes_volumes: this.makesVolumes,
    };
  }

  /** A master listens: everything unacknowledged is told at once. */
  resume(remembered: readonly Resource[]): void {
    const read = readResources(remembered);
    if (!this.#parts.journal.keepsOperations && read.ok) {
      this.#book = { ...this.#book, checkpointed: read.resources };
    }
    this.#isListened = true;
    for (const [uuid, telling] of this.#telling) {
      telling.waitMs = RETRY_MS_MIN;
      this.#tell(uuid);
    }
  }

  pause(): void {
    this.#isListened = false;
    for (const telling of this.#telling.values()) telling.cancel?.();
  }

  /** Takes effect for launches behind it at once, and is told when it is durable. Known ones are told again. */
  apply(event: AgentEventOf<"APPLY_OPERATION">): void {
    const { operation_uuid: uuid, framework_id: frameworkId, operation: info } = event;
    if (this.#book.operations.has(uuid)) {
      if (this.#telling.has(uuid)) this.#tell(uuid);
      return;
    }
    const { identity } = this.#parts;
    const order = { uuid, info, ...(frameworkId === undefined ? {} : { frameworkId }) };
    const stamp = { agentId: identity.agentId, uuid: identity.stamp().uuid };
    const { book, change } = applyOperation(this.#book, order, this, stamp);
    this.#book = book;
    this.#write(change, () => this.#toTell(uuid));
  }

  acknowledge(event: AgentEventOf<"ACKNOWLEDGE_OPERATION">): void {
    const book = acknowledgeOperation(this.#book, event.operation_uuid, event.uuid);
    if (book === undefined) return;
    this.#book = book;
    this.#telling.get(event.operation_uuid)?.cancel?.();
    this.#telling.delete(event.operation_uuid);
    this.#write(undefined, () => undefined);
  }

  /** Why a launch cannot be: it uses a reservation or a volume that is not here. Only who remembers them can say so. */
  unknownResource(wire: readonly Resource[] | undefined): string | undefined {
    if (!this.#parts.journal.keepsOperations) return undefined;
    return unknownResource(this.#book, wire);
  }

  /** Resolves when everything applied so far is durable, or the agent ended first. */
  settled(): Promise<void> {
    return this.#parts.serial.run(SERIAL_KEY, () => undefined);
  }

  /** Folders first: what is not in the book yet is ordered again. */
  #write(change: VolumeChange | undefined, done: () => void): void {
    const { serial, journal, volumes } = this.#parts;
    const { checkpointed, operations } = this.#book;
    void serial.run(SERIAL_KEY, async () => {
      const isDone = await untilDone(this.#parts, SERIAL_KEY, async () => {
        for (const name of change?.made ?? []) await volumes?.make(name);
        for (const name of change?.ended ?? []) await volumes?.remove(name);
        await journal.writeOperations({ checkpointed, operations });
      });
      if (isDone) done();
    });
  }

  #toTell(uuid: string): void {
    this.#telling.set(uuid, { waitMs: RETRY_MS_MIN, cancel: undefined });
    this.#tell(uuid);
  }

  /** Now, and again while nobody acknowledges it. */
  #tell(uuid: string): void {
    const operation = this.#book.operations.get(uuid);
    const telling = this.#telling.get(uuid);
    if (operation === undefined || telling === undefined || !this.#isListened) return;
    this.#parts.send(statusCall(operation));
    telling.cancel?.();
    telling.cancel = this.#parts.clock.after(telling.waitMs, () => this.#tell(uuid));
    telling.waitMs = Math.min(2 * telling.waitMs, RETRY_MS_MAX);
  }
}

function statusCall({ uuid, frameworkId, status }: AppliedOperation): OutgoingCall {
  return {
    type: "OPERATION_STATUS",
    ...(frameworkId === undefined ? {} : { framework_id: frameworkId }),
    operation_uuid: uuid,
    status,
  };
}
