import { connect } from "node:net";
import { ClusterError } from "../host/cluster-error.ts";
import { FatalProbeError, until } from "../host/until.ts";
import { requireRunning, type HostProcess } from "./host-process.ts";

const LISTENS_WITHIN_MS = 30_000;

/** Waits until somebody listens on a port of loopback. @throws {ClusterError} when the process that shall has ended. */
export async function waitForPort(
  port: number,
  listener: HostProcess,
  signal: AbortSignal,
): Promise<void> {
  await until(
    `${listener.name} listens on port ${port}`,
    () => {
      assertRunning(listener);
      return canConnect(port);
    },
    { timeoutMs: LISTENS_WITHIN_MS, signal },
  );
}

/** Waits until a URL answers 2xx. @throws {ClusterError} when the process that shall has ended. */
export async function waitForAnswer(
  url: string,
  listener: HostProcess,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  await until(
    `${listener.name} answers at ${url}`,
    async () => {
      assertRunning(listener);
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      const text = (await answer.text()).slice(0, 200);
      if (!answer.ok) throw new ClusterError(`${answer.status} ${text}`);
      return true;
    },
    { timeoutMs, signal },
  );
}

function assertRunning(listener: HostProcess): void {
  try {
    requireRunning(listener);
  } catch (error) {
    throw error instanceof Error ? new FatalProbeError(error) : error;
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
