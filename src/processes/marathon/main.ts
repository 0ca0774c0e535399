import { Command } from "commander";
import { openParts, runProcess } from "../run-process.ts";
import { composeMarathon } from "./compose.ts";
import { OPTIONS, parseMarathonConfig } from "./config.ts";

const SWITCHES: ReadonlySet<string> = new Set(["strict", "metrics_on_health"]);

/** `orchestrator marathon`: Marathon's v2 API. */
export function marathonCommand(): Command {
  const command = new Command("marathon");
  for (const [name, about] of Object.entries(OPTIONS)) {
    command.option(SWITCHES.has(name) ? `--${name}` : `--${name} <value>`, about);
  }
  return command.action(async (options: Readonly<Record<string, unknown>>) => {
    const config = parseMarathonConfig(options);
    const parts = openParts("marathon", config.log_level);
    await runProcess(parts, async (stop) => {
      const manager = await composeMarathon(config, parts);
      return manager.run(stop);
    });
  });
}
