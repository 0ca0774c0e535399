import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";

const WRITES: ReadonlySet<string> = new Set([
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
]);

interface AuditEvent {
  readonly verb: string;
  readonly stage: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** Where the log ends now; later {@link readWrites} begin there. */
export function endOfLog(auditLogPath: string): number {
  return statSync(auditLogPath).size;
}

/**
 * Writes to the API server after `fromByte` by accounts that `isOurs` accepts, as `account: verb resource/name code`; Leases and
 * what only asks (access and token reviews) are no writes.
 */
export async function readWrites(
  auditLogPath: string,
  fromByte: number,
  isOurs: (username: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  const lines = createInterface({ input: createReadStream(auditLogPath, { start: fromByte }) });
  for await (const line of lines) {
    const event = parse(line);
    if (event === undefined || event.stage !== "ResponseComplete") continue;
    if (!WRITES.has(event.verb) || !isOurs(event.user.username)) continue;
    const { resource = "", subresource = "", name = "" } = event.objectRef ?? {};
    if (resource === "leases" || /reviews$/.test(resource) || subresource === "token") continue;
    const what = subresource === "" ? resource : `${resource}.${subresource}`;
    const code = event.responseStatus?.code ?? 0;
    found.push(`${event.user.username}: ${event.verb} ${what}/${name} ${code}`);
  }
  return found;
}

/** The last line may still be written. */
function parse(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}
