import { readFile, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import { formatBackup, parseBackup } from "../../services/offer-engine/state/backup-format.ts";
import { restoreBackup, takeBackup } from "../../services/offer-engine/state/state-copy.ts";
import { openParts } from "../run-process.ts";
import { parseStateConfig, type StateConfig } from "./config.ts";
import { type OpenRegistry, openRegistry } from "./open-registry.ts";

type Flags = Readonly<Record<string, unknown>>;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `orchestrator state backup|restore|verify`: the records of masters, out and back in. */
export function stateCommand(): Command {
  const state = new Command("state");
  const from = (command: Command): Command =>
    command
      .option("--cluster <namespace/name>", "the MesosCluster whose records are meant")
      .option("--kubeconfig <file>", "default: the pod's service account, else kubectl's default")
      .option("--work-dir <folder>", "instead of --cluster: the folder of a standalone master");
  from(state.command("backup").description("write all records to a file"))
    .requiredOption("--out <file>", "file to write")
    .action(backup);
  from(state.command("restore").description("make the records those of a backup"))
    .argument("<file>", "a file that backup wrote")
    .option("--replace", "also when there are records already")
    .option("--force", "also while a master holds the lease: only when none runs")
    .action(restore);
  state
    .command("verify")
    .description("check that a backup is whole")
    .argument("<file>", "a file that backup wrote")
    .action(verify);
  return state;
}

async function withRegistry(
  flags: Flags,
  work: (opened: OpenRegistry, config: StateConfig, clock: Clock) => Promise<void>,
): Promise<void> {
  const config = parseStateConfig(flags);
  const parts = openParts("state", "warn");
  const opened = await openRegistry(config, parts, stopSignal(parts.logger));
  try {
    await work(opened, config, parts.clock);
  } finally {
    await opened.close();
  }
}

async function backup(flags: Flags): Promise<void> {
  await withRegistry(flags, async ({ registry, source }, { out = "" }, clock) => {
    const taken = await takeBackup(registry, source, clock.nowMs());
    await writeFile(out, formatBackup(taken), { mode: 0o600 });
    say(`${taken.records.length} records of ${source} written to ${out}`);
  });
}

async function restore(file: string, flags: Flags): Promise<void> {
  const saved = parseBackup(await readFile(file, "utf8"));
  await withRegistry(flags, async ({ registry, source, leader }, { replace, force }) => {
    const holder = await leader();
    if (holder !== "" && !force) {
      throw new OperatingError("REGISTRY_CONFLICT", `${holder} leads ${source}`, {
        hint: "Stop the masters first, or give --force when none runs.",
      });
    }
    const { written, removed } = await restoreBackup(registry, saved, { replace });
    say(`${written} records written to ${source}, ${removed} removed`);
  });
}

async function verify(file: string): Promise<void> {
  const { source, takenAt, records } = parseBackup(await readFile(file, "utf8"));
  say(`whole: ${records.length} records of ${source}, taken at ${takenAt}`);
}
