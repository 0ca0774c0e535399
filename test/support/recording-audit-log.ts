import type { AuditEntry, AuditLog } from "../../src/runtime/ports/audit-log.ts";

/** Keeps its entries for the test to read. */
export class RecordingAuditLog implements AuditLog {
  readonly entries: AuditEntry[] = [];

  write(entry: AuditEntry): void {
    this.entries.push(entry);
  }

  /** `ops TEARDOWN frameworks/f1 200 done`, one per entry. */
  lines(): string[] {
    return this.entries.map(({ principal = "-", verb, resource, code, outcome }) =>
      [principal, verb, resource, code, outcome].join(" "),
    );
  }
}
