import type { Journal, Journaled } from "../ports.ts";

/** With Pods as the record nothing is written: what must outlive the agent stands in them. */
export class PodJournal implements Journal {
  readonly keepsOperations = false;

  open(): Promise<Journaled> {
    return Promise.resolve({ runs: [] });
  }

  writeAgent(): Promise<void> {
    return Promise.resolve();
  }

  writeRun(): Promise<void> {
    return Promise.resolve();
  }

  writeKill(): Promise<void> {
    return Promise.resolve();
  }

  writeUpdate(): Promise<void> {
    return Promise.resolve();
  }

  writeOperations(): Promise<void> {
    return Promise.resolve();
  }

  forgetRun(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
