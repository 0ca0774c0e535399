import type { VolumeName } from "../../../domain/agent/operation-book.ts";
import type { DurableFiles } from "../file-ports.ts";
import type { VolumeStore } from "../ports.ts";
import type { WorkDir } from "./work-dir.ts";

/** Persistent volumes as folders below `work_dir`. */
export class VolumeFolders implements VolumeStore {
  readonly #files: DurableFiles;
  readonly #dir: WorkDir;

  constructor(files: DurableFiles, dir: WorkDir) {
    this.#files = files;
    this.#dir = dir;
  }

  make(name: VolumeName): Promise<void> {
    return this.#files.makeFolder(this.#dir.volume(name));
  }

  remove(name: VolumeName): Promise<void> {
    return this.#files.remove(this.#dir.volume(name));
  }
}
