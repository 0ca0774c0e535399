import { spawn, spawnSync } from "node:child_process";
import { ClusterError } from "./cluster-error.ts";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Called with every piece of standard error as it arrives. */
  readonly onStderr?: (text: string) => void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and hands back its output, whatever its exit code. */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      signal: options.signal,
      timeout: options.timeoutMs,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
    child.stderr.on("data", (piece: Buffer) => {
      stderr.push(piece);
      options.onStderr?.(piece.toString());
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({
        exitCode: code ?? 128,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/**
 * Runs a program and hands back its standard output.
 * @throws {ClusterError} when it ends with another code than 0; the end of its output is quoted.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryCommand(command, args, options);
  if (result.exitCode !== 0) throw commandFailed(command, args, result);
  return result.stdout;
}

/** The same, without yielding: clean-up must also work while the process is exiting. */
export function runCommandSync(command: string, args: readonly string[]): CommandResult {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error) return { exitCode: 127, stdout: "", stderr: error.message };
  return { exitCode: status ?? 128, stdout, stderr };
}

export function commandFailed(
  command: string,
  args: readonly string[],
  result: CommandResult,
): ClusterError {
  const output = `${result.stderr}${result.stdout}`.trim().slice(-2_000);
  const line = `${command} ${args.join(" ")}`.slice(0, 300);
  return new ClusterError(`"${line}" ended with code ${result.exitCode}:\n${output}`);
}
