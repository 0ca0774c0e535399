import type { VolumeName } from "../../../domain/agent/operation-book.ts";
import type { RunFolders } from "../process-ports.ts";

/** Paths below `work_dir`, as Mesos lays them out, so that scripts find sandboxes. */
export class WorkDir implements RunFolders {
  readonly root: string;
  readonly #agentId: () => string;

  constructor(root: string, agentId: () => string) {
    this.root = root;
    this.#agentId = agentId;
  }

  get agentInfo(): string {
    return `${this.root}/meta/slaves/latest.json`;
  }

  /** Reservations, volumes and operations; one file, so that it is replaced at once. */
  get operations(): string {
    return `${this.root}/meta/resources/resources_and_operations.json`;
  }

  /** Folder of a persistent volume; a role of several levels is one name, as in Mesos. */
  volume({ role, id }: VolumeName): string {
    return `${this.root}/volumes/roles/${role.replaceAll("/", " ")}/${id}`;
  }

  get metaSlaves(): string {
    return `${this.root}/meta/slaves`;
  }

  sandbox(containerId: string, frameworkId: string, executorId: string, taskId?: string): string {
    const run = `${this.root}/slaves/${this.#runPath(containerId, frameworkId, executorId)}`;
    return taskId === undefined ? run : `${run}/tasks/${taskId}`;
  }

  run(containerId: string, frameworkId: string, executorId: string): string {
    return `${this.root}/meta/slaves/${this.#runPath(containerId, frameworkId, executorId)}`;
  }

  meta(containerId: string, frameworkId: string, executorId: string, taskId: string): string {
    return `${this.run(containerId, frameworkId, executorId)}/tasks/${taskId}`;
  }

  #runPath(containerId: string, frameworkId: string, executorId: string): string {
    return `${this.#agentId()}/frameworks/${frameworkId}/executors/${executorId}/runs/${containerId}`;
  }
}
