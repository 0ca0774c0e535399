import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { DurableFiles } from "../../services/agent/file-ports.ts";

/** Files on a local file system, synced before a write resolves. */
export class NodeDurableFiles implements DurableFiles {
  #count = 0;

  async readText(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    this.#count += 1;
    const aside = `${path}.tmp-${process.pid}-${this.#count}`;
    const file = await open(aside, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
  }

  async append(path: string, line: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "a", 0o600);
    try {
      const { size } = await file.stat();
      await appendLine(file, line).catch(async (error: unknown) => {
        // Half a line, as a full disk leaves it, would spoil the next one.
        await file.truncate(size);
        throw error;
      });
    } finally {
      await file.close();
    }
  }

  async makeFolder(path: string): Promise<void> {
    const topMade = await mkdir(path, { recursive: true });
    if (topMade === undefined) return;
    for (let at = path; at.length >= topMade.length; at = dirname(at))
      await syncFolder(dirname(at));
  }

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }
}

async function appendLine(file: FileHandle, line: string): Promise<void> {
  await file.writeFile(`${line}\n`);
  await file.datasync();
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
