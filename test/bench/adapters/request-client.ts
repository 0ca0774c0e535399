import { fork } from "node:child_process";
import { GateError, type Spread } from "../bench.ts";
import { ProcessFigures, type Figures } from "../run/process-figures.ts";

export interface ClientRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Requests for the client's process: each connection sends its next when the last is answered. */
export interface RequestOrder {
  readonly port: number;
  readonly connections: number;
  readonly requests: readonly ClientRequest[];
}

export interface RequestReport {
  /** From the send to the last byte, on the client's clock. */
  readonly spread: Spread;
  /** How many answers had which status. */
  readonly statuses: readonly (readonly [status: number, count: number])[];
  /** Of all bodies. */
  readonly bytes: number;
}

/**
 * Sends the requests from a process of its own; the figures are of this process, from the first to the last of them.
 *
 * @throws {GateError} unless all are answered with `status`.
 */
export async function sendRequests(
  order: RequestOrder,
  status: number,
): Promise<RequestReport & { readonly figures: Figures }> {
  const client = fork(new URL("../generator/requests-main.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<
    RequestReport & { readonly figures: Figures }
  >();
  client.once("message", () => {
    const watch = new ProcessFigures();
    client.once("message", (report: RequestReport) => resolve({ ...report, figures: watch.end() }));
    client.send("go");
  });
  client.once("exit", (code) => {
    reject(new GateError(`the client ended with ${String(code)} and no report`));
  });
  client.send(order);
  const report = await promise;
  const [first] = report.statuses;
  if (report.statuses.length !== 1 || first?.[0] !== status) {
    throw new GateError(`answers were ${JSON.stringify(report.statuses)}, not ${status}`);
  }
  return report;
}
