const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Resolves when the process was asked to end. */
  readonly reached: Promise<void>;
}

/** Ctrl-C and kill ask once; asked again, the process ends at once and exit hooks do what they can. */
export function listenForStop(): StopSignal {
  const stop = new AbortController();
  const reached = new Promise<void>((resolve) => {
    // A promise alone keeps no process alive.
    const alive = setInterval(() => undefined, 60_000);
    stop.signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCode);
      process.exitCode = exitCode;
      stop.abort();
    });
  }
  return { signal: stop.signal, reached };
}
