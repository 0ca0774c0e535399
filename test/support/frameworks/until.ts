const POLL_MS = 5;

/** Resolves once the condition holds; fails after `atMostMs`, so that a test that waits for nothing ends. */
export async function until(holds: () => boolean, what: string, atMostMs = 8000): Promise<void> {
  const deadline = AbortSignal.timeout(atMostMs);
  while (!holds()) {
    if (deadline.aborted) throw new Error(`not within ${atMostMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
