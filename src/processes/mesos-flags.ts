import { OperatingError } from "../api/errors/operating-error.ts";

/** Where a flag's value may come from; earlier ones win. */
export interface FlagSources {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flat mapping of the configuration file. */
  readonly file: Readonly<Record<string, unknown>>;
}

/**
 * Flags by their canonical name (lower case, `_`): `--work-dir=X`, `--work_dir X`, `--no-strict`, `MESOS_WORK_DIR`, a line
 * of the file. Flags win over the environment, that over the file. A name nobody knows is an error with the nearest one.
 * @throws {OperatingError} CONFIG_INVALID naming every fault.
 */
export function gatherFlags(
  sources: FlagSources,
  known: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(sources.file)) {
    accept(canonical(key), plainText(value), `config file: ${key}`);
  }
  for (const [key, value] of Object.entries(sources.env)) {
    if (!key.startsWith("MESOS_") || value === undefined) continue;
    const name = canonical(key.slice("MESOS_".length));
    // An agent may itself run under Mesos, whose own variables are no flags.
    if (known.has(name)) values[name] = value;
  }
  for (const { name, value } of readArguments(sources.argv, faults))
    accept(name, value, `--${name}`);
  if (faults.length > 0) throw new OperatingError("CONFIG_INVALID", faults.join("\n"));
  return values;

  function accept(name: string, value: string, where: string): void {
    if (known.has(name)) values[name] = value;
    else faults.push(`${where}: unknown; did you mean --${nearest(name, known)}?`);
  }
}

function* readArguments(
  argv: readonly string[],
  faults: string[],
): Generator<{ readonly name: string; readonly value: string }> {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (!word.startsWith("--")) {
      faults.push(`${word}: a flag begins with --`);
      continue;
    }
    const equals = word.indexOf("=");
    const name = canonical(word.slice(2, equals < 0 ? undefined : equals));
    const next = argv[at + 1];
    if (equals >= 0) yield { name, value: word.slice(equals + 1) };
    else if (name.startsWith("no_")) yield { name: name.slice(3), value: "false" };
    else if (next === undefined || next.startsWith("--")) yield { name, value: "true" };
    else {
      at += 1;
      yield { name, value: next };
    }
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The known name with the fewest edits from `name`. */
export function nearest(name: string, known: ReadonlySet<string>): string {
  let best = "";
  let bestEdits = Infinity;
  for (const candidate of known) {
    const edits = editDistance(name, candidate);
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_cell, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
