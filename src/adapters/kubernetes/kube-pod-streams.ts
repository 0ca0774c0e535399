import { WebSocket } from "undici";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type {
  ExecOptions,
  ExecResult,
  LogOptions,
  PodContainerRef,
  PodStreams,
} from "../../runtime/ports/pod-streams.ts";
import type { ClusterAccess } from "./access.ts";
import type { ApiClient } from "./api-client.ts";
import type { Connections } from "./connections.ts";
import { fromKubernetes } from "./errors.ts";
import { CHANNEL, EXEC_PROTOCOL, decodeExecEnd, encodeChannel } from "./exec-channel.ts";
import { objectPath, withQuery, type Query } from "./paths.ts";

export interface PodStreamParts {
  readonly client: ApiClient;
  readonly connections: Connections;
  readonly access: ClusterAccess;
}

/** {@link PodStreams} over HTTP (logs) and WebSocket (exec, attach), on the sockets' TLS identity of the transport. */
export class KubePodStreams implements PodStreams {
  readonly #parts: PodStreamParts;

  constructor(parts: PodStreamParts) {
    this.#parts = parts;
  }

  async *log(
    ref: PodContainerRef,
    options: LogOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const call = {
      method: "GET",
      verb: "log",
      path: podPath(ref, "log", {
        follow: options.follow,
        previous: options.previous,
        tailLines: options.tailLines,
        sinceSeconds: options.sinceSeconds,
        limitBytes: options.limitBytes,
        timestamps: options.timestamps,
      }),
      accept: "*/*",
      repeatable: "idempotent",
      stream: true,
      signal: options.signal,
    } as const;
    const bytes = await this.#parts.client.stream(call);
    try {
      yield* bytes;
    } catch (error) {
      options.signal.throwIfAborted();
      throw fromKubernetes(call, error);
    }
  }

  exec(ref: PodContainerRef, options: ExecOptions): Promise<ExecResult> {
    const path = podPath(ref, "exec", streamQuery(options));
    const command = options.command.map((word) => `&command=${encodeURIComponent(word)}`).join("");
    return this.#connect(ref, path + command, options);
  }

  attach(ref: PodContainerRef, options: Omit<ExecOptions, "command">): Promise<ExecResult> {
    return this.#connect(ref, podPath(ref, "attach", streamQuery(options)), options);
  }

  /** A refused handshake carries no reason, so the pod is asked for one: gone, forbidden, or nothing known. */
  async #connect(
    ref: PodContainerRef,
    path: string,
    options: Omit<ExecOptions, "command">,
  ): Promise<ExecResult> {
    try {
      return await this.#talk(path, options);
    } catch (error) {
      options.signal.throwIfAborted();
      await this.#parts.client.json({
        method: "GET",
        verb: "get",
        path: objectPath({ kind: KINDS.Pod, namespace: ref.namespace, name: ref.pod }),
        repeatable: "idempotent",
        signal: options.signal,
      });
      throw error;
    }
  }

  #talk(path: string, options: Omit<ExecOptions, "command">): Promise<ExecResult> {
    const { access, connections } = this.#parts;
    const { signal } = options;
    signal.throwIfAborted();
    const { authorization } = access.credentials();
    const socket = new WebSocket(access.server.replace(/^http/, "ws") + path, {
      protocols: [EXEC_PROTOCOL],
      dispatcher: connections.watches(),
      headers: authorization === undefined ? {} : { authorization },
    });
    socket.binaryType = "arraybuffer";
    return new Promise<ExecResult>((resolve, reject) => {
      const fail = (what: string, cause?: unknown): void => reject(fromExec(path, what, cause));
      const onAbort = (): void => {
        socket.close();
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      socket.onopen = () => {
        options.onTerminal?.((columns, rows) =>
          socket.send(encodeChannel(CHANNEL.resize, resizeMessage(columns, rows))),
        );
        void feedStdin(socket, options.stdin).catch((error: unknown) =>
          fail("stdin failed", error),
        );
      };
      socket.onmessage = ({ data }) => {
        const message = new Uint8Array(data as ArrayBuffer);
        const body = message.subarray(1);
        if (message[0] === CHANNEL.stdout) options.onStdout(body);
        else if (message[0] === CHANNEL.stderr) (options.onStderr ?? options.onStdout)(body);
        else if (message[0] === CHANNEL.error) {
          const end = decodeExecEnd(body);
          if (end.kind === "exited") resolve({ exitCode: end.exitCode });
          else fail(end.message);
        }
      };
      socket.onerror = (event) => fail("connection failed", event.error);
      socket.onclose = () => {
        signal.removeEventListener("abort", onAbort);
        fail("the connection ended before the command did");
      };
    });
  }
}

function podPath(ref: PodContainerRef, subresource: string, query: Query): string {
  const { namespace, pod, container } = ref;
  const path = objectPath({ kind: KINDS.Pod, namespace, name: pod }, subresource);
  return withQuery(path, { container, ...query });
}

function streamQuery(options: Omit<ExecOptions, "command">): Query {
  return {
    stdin: options.stdin !== undefined,
    stdout: true,
    stderr: options.tty !== true,
    tty: options.tty === true,
  };
}

function resizeMessage(columns: number, rows: number): Uint8Array {
  return Buffer.from(JSON.stringify({ Width: columns, Height: rows }));
}

async function feedStdin(
  socket: WebSocket,
  stdin: AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  if (stdin === undefined) return;
  for await (const chunk of stdin) {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(encodeChannel(CHANNEL.stdin, chunk));
  }
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(encodeChannel(CHANNEL.close, Uint8Array.of(CHANNEL.stdin)));
}

function fromExec(path: string, what: string, cause: unknown): OperatingError {
  if (cause !== undefined) return fromKubernetes({ method: "GET", path }, cause);
  return new OperatingError("KUBE_UNAVAILABLE", `GET ${path.split("?", 1)[0]!}: ${what}`, {
    details: { path: path.split("?", 1)[0]! },
  });
}
