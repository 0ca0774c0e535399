/** Longest period a Node timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Keeps the process alive while it only waits on the clock, whose timers do not; call the result to let go. */
export function keepAlive(): () => void {
  const timer = setInterval(() => undefined, LONGEST_MS);
  return () => clearInterval(timer);
}
