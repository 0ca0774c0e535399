import { readFileSync } from "node:fs";
import { AREAS } from "./areas.ts";
import type { Area, Row } from "./row.ts";
import { titlesOf, type Title } from "./titles.ts";

export interface CoveredRow {
  readonly area: string;
  readonly row: Row;
  /** The tests that prove it: empty where there should be one, or where the row says why there is none. */
  readonly tests: readonly Title[];
}

/** Every row with its tests. */
export async function cover(): Promise<readonly CoveredRow[]> {
  const titles = { wire: await titlesOf("wire"), allocator: await titlesOf("allocator") };
  return AREAS.flatMap(({ name, tests, rows }: Area) =>
    rows.map((row) => ({ area: name, row, tests: testsOf(row, titles[tests]) })),
  );
}

function testsOf(row: Row, titles: readonly Title[]): readonly Title[] {
  if (!("test" in row)) return [];
  const hasId = new RegExp(`\\b${row.id}\\b`);
  return titles.filter(({ title }) => title.includes(row.test) && hasId.test(title));
}

const STATUS = new URL("../../../docs/status.md", import.meta.url);

/** What docs/status.md says is not there yet, as one text. */
export function notThereYet(): string {
  return readFileSync(STATUS, "utf8").split("## Not there yet")[1] ?? "";
}
