/** Channels of `v5.channel.k8s.io`: the first byte of each message. */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
export const EXEC_PROTOCOL = "v5.channel.k8s.io";

/** A message for the server: channel, then bytes. */
export function encodeChannel(channel: number, data: Uint8Array): Uint8Array {
  const message = new Uint8Array(data.length + 1);
  message[0] = channel;
  message.set(data, 1);
  return message;
}

interface ExecStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

export type ExecEnd =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "failed"; readonly message: string };

/** What the error channel says at the end: a `Status` whose cause `ExitCode` holds the code. */
export function decodeExecEnd(data: Uint8Array): ExecEnd {
  const text = Buffer.from(data).toString("utf8");
  const status = JSON.parse(text) as ExecStatus;
  if (status.status === "Success") return { kind: "exited", exitCode: 0 };
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  if (cause?.message !== undefined) return { kind: "exited", exitCode: Number(cause.message) };
  return { kind: "failed", message: status.message ?? "the command could not be run" };
}
