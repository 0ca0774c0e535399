import type { DurableFiles } from "../../../src/services/agent/file-ports.ts";

/** Files in memory; a crash keeps what was written and forgets who was writing. */
export class MemoryFiles implements DurableFiles {
  readonly texts = new Map<string, string>();
  readonly folders = new Set<string>();
  /** Writes that fail before one succeeds. */
  failuresLeft = 0;
  /** Set: writes wait for it. */
  holds: Promise<void> | undefined;

  readText(path: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(path));
  }

  list(folder: string): Promise<readonly string[]> {
    const names = [...this.texts.keys()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1).split("/")[0] ?? "");
    return Promise.resolve([...new Set(names)].sort());
  }

  async write(path: string, text: string): Promise<void> {
    await this.#gate();
    this.texts.set(path, text);
  }

  async append(path: string, line: string): Promise<void> {
    await this.#gate();
    this.texts.set(path, `${this.texts.get(path) ?? ""}${line}\n`);
  }

  async makeFolder(path: string): Promise<void> {
    await this.#gate();
    this.folders.add(path);
  }

  async remove(path: string): Promise<void> {
    await this.#gate();
    this.folders.delete(path);
    for (const known of this.texts.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.texts.delete(known);
    }
  }

  async #gate(): Promise<void> {
    await this.holds;
    if (this.failuresLeft <= 0) return;
    this.failuresLeft -= 1;
    throw new Error("no space left on device");
  }
}
