import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { CheckRunner, CheckTarget } from "../../services/app-prober/ports.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import { deadline } from "../../runtime/ports/clock.ts";

interface Result {
  readonly passed: boolean;
  readonly cause?: string;
}

const failed = (cause: string): Result => ({ passed: false, cause });

function judgeStatus(status: number, statuses: readonly number[] | undefined): Result {
  const passes = statuses ? statuses.includes(status) : status >= 200 && status < 400;
  return passes ? { passed: true } : failed(`HTTP ${status}`);
}

function checkHttp(target: CheckTarget, signal: AbortSignal): Promise<Result> {
  const { protocol, host, port, path, statuses } = target;
  const options: RequestOptions & { rejectUnauthorized?: boolean } = {
    host,
    port,
    path: path.startsWith("/") ? path : `/${path}`,
    agent: false,
    signal,
    headers: { "user-agent": "orchestrator-prober", connection: "close" },
    // Marathon's checks have never verified certificates: they ask whether the task serves.
    ...(protocol === "HTTPS" ? { rejectUnauthorized: false } : {}),
  };
  return new Promise((resolve) => {
    const send = protocol === "HTTPS" ? httpsRequest : httpRequest;
    const request = send(options, (response) => {
      response.resume();
      resolve(judgeStatus(response.statusCode ?? 0, statuses));
    });
    request.on("error", (error) => resolve(failed(error.message)));
    request.end();
  });
}

function checkTcp({ host, port }: CheckTarget, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.on("connect", () => {
      socket.destroy();
      resolve({ passed: true });
    });
    socket.on("error", (error) => resolve(failed(error.message)));
  });
}

/** Checks over the network; redirects are not followed, and a check that takes too long has failed. */
export class NetworkCheckRunner implements CheckRunner {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run(target: CheckTarget, signal: AbortSignal): Promise<Result> {
    const limit = deadline(this.#clock, target.timeoutMs, signal);
    try {
      const check = target.protocol === "TCP" ? checkTcp : checkHttp;
      const result = await check(target, limit.signal);
      return limit.signal.aborted && !result.passed
        ? failed(`no answer within ${target.timeoutMs} ms`)
        : result;
    } finally {
      limit.done();
    }
  }
}
