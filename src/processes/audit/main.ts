import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { EXIT } from "../../runtime/manager/exit-codes.ts";
import { CHAIN_BEGIN, verifyChain } from "../../services/audit-log/audit-chain.ts";
import type { ChainEnd } from "../../services/audit-log/ports.ts";

/** `orchestrator audit verify`: whether audit files are whole. */
export function auditCommand(): Command {
  const audit = new Command("audit");
  audit
    .command("verify")
    .description("check that no line was removed, moved or changed")
    .argument("<files...>", "audit files of one chain, oldest first")
    .option("--after <id:hash>", "last line before the first file, when older files are gone")
    .action(verify);
  return audit;
}

async function verify(
  files: readonly string[],
  { after }: { readonly after?: string },
): Promise<void> {
  let end = after === undefined ? CHAIN_BEGIN : parseEnd(after);
  let count = 0;
  for (const file of files) {
    const text = await readFile(file, "utf8");
    const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
    const verdict = verifyChain(lines, end);
    if (!verdict.ok) {
      process.stderr.write(`broken: ${file}: line ${verdict.line} ${verdict.message}\n`);
      process.exitCode = EXIT.failed;
      return;
    }
    ({ end } = verdict);
    count += verdict.lines;
  }
  process.stdout.write(`whole: ${count} lines, up to ${end.id}:${end.hash}\n`);
}

function parseEnd(text: string): ChainEnd {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (match === null) throw new OperatingError("CONFIG_INVALID", "--after: give id:hash");
  return { id: Number(match[1]), hash: match[2] ?? "" };
}
