import type { CallOptions } from "./kube-transport.ts";

export interface PodContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}

export interface LogOptions extends CallOptions {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
  readonly timestamps?: boolean;
}

export interface ExecOptions extends CallOptions {
  readonly command: readonly string[];
  readonly tty?: boolean;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Called with a function that resizes the terminal, when `tty`. */
  readonly onTerminal?: (resize: (columns: number, rows: number) => void) => void;
}

export interface ExecResult {
  readonly exitCode: number;
}

/** Byte streams of running containers. */
export interface PodStreams {
  /** @throws {OperatingError} KUBE_NOT_FOUND when the container has no log (any more). */
  log(ref: PodContainerRef, options: LogOptions): AsyncIterable<Uint8Array>;
  /** Runs a command beside the container's own process; resolves when it ended. */
  exec(ref: PodContainerRef, options: ExecOptions): Promise<ExecResult>;
  /** Attaches to the container's own process; `command` is ignored. */
  attach(ref: PodContainerRef, options: Omit<ExecOptions, "command">): Promise<ExecResult>;
}
