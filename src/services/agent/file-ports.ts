/** Small files that must survive a crash of the machine. Paths are absolute. */
export interface DurableFiles {
  /** Undefined when there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; empty when there is none. */
  list(folder: string): Promise<readonly string[]>;
  /** The whole file at once: written aside, synced, renamed, folder synced. Folders above are made. */
  write(path: string, text: string): Promise<void>;
  /** One line more, synced; nothing of it when it fails. */
  append(path: string, line: string): Promise<void>;
  /** A folder, durable with those above it; one that is there stays as it is. */
  makeFolder(path: string): Promise<void>;
  /** A file or a folder with all in it; nothing there is no error. */
  remove(path: string): Promise<void>;
}

/** One owner at a time, also across crashes. */
export interface FolderLock {
  /** @throws {OperatingError} AGENT_WORK_DIR_LOCKED while the owner lives. */
  acquire(folder: string): Promise<void>;
  release(): Promise<void>;
}
