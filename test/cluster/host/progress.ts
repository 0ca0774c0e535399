/** Where a long step says how far it is. Lines end up on standard error. */
export interface Progress {
  /** A line that stays. */
  note(line: string): void;
  /** A line that the next one replaces; on a plain stream it is written now and then. */
  update(line: string): void;
  /** Ends the replaceable line. */
  done(): void;
}

/** Rewrites one line on a terminal; elsewhere writes at most one line per `plainEveryMs`. */
export function createProgress(
  stream: NodeJS.WriteStream = process.stderr,
  plainEveryMs = 15_000,
): Progress {
  let open = false;
  let lastPlainMs = performance.now();
  const close = (): void => {
    if (open) stream.write("\n");
    open = false;
  };
  return {
    note(line) {
      close();
      stream.write(`${line}\n`);
    },
    update(line) {
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${line.slice(0, stream.columns - 1)}`);
        open = true;
      } else if (performance.now() - lastPlainMs >= plainEveryMs) {
        lastPlainMs = performance.now();
        stream.write(`${line}\n`);
      }
    },
    done: close,
  };
}

/** For callers that want no output. */
export const silentProgress: Progress = {
  note: () => undefined,
  update: () => undefined,
  done: () => undefined,
};
