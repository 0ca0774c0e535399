/** What somebody did, or tried to. Never holds a secret. */
export interface AuditEntry {
  /** undefined: nobody said who asks. */
  readonly principal: string | undefined;
  readonly groups: readonly string[];
  readonly sourceIp: string;
  /** What was asked for, e.g. `TEARDOWN`. */
  readonly verb: string;
  /** What it is done to, e.g. `frameworks/<id>`. */
  readonly resource: string;
  /** HTTP status that answered. */
  readonly code: number;
  readonly outcome: "done" | "denied" | "failed";
}

/** Where calls that change something are written down. Never throws, never waits. */
export interface AuditLog {
  write(entry: AuditEntry): void;
}
