import type { SpawnOrder } from "../../services/agent/process-ports.ts";

/**
 * The shell text that stands between agent and task, so that an outcome is written although no agent runs:
 *
 *     write forked.pid ─► wait for "go" on stdin ─► enter cgroups ─► run the command ─► write exit
 *
 * The agent says go once the mark is durable. End of input instead means that it died before: the mark goes, nothing ran.
 * Trapped signals reach the command (traps are reset in it) and leave the wrapper to write the exit code.
 */
export function wrapperScript(order: SpawnOrder, identity: { readonly switchTo?: string }): string {
  const { plan, cgroup } = order;
  const meta = quote(order.metaFolder);
  const folders = JSON.stringify(cgroup.folders);
  const limits = plan.rlimits.map(
    ({ name, soft, hard }) => `--${name}=${soft ?? hard ?? "unlimited"}:${hard ?? "unlimited"}`,
  );
  const prefix = [
    ...(limits.length === 0 ? [] : ["prlimit", ...limits]),
    ...(identity.switchTo === undefined
      ? []
      : [
          "setpriv",
          `--reuid=${identity.switchTo}`,
          `--regid=${identity.switchTo}`,
          "--init-groups",
        ]),
  ];
  const command = [...prefix, ...plan.argv].map(quote).join(" ");
  return [
    "umask 022",
    "set -- $(cat /proc/$$/stat)",
    `printf '{"pid":%s,"startTicks":%s,"bootId":"%s","cgroupFolders":%s}' "$$" "\${22}" "$(cat /proc/sys/kernel/random/boot_id)" ${quote(folders)} > ${meta}/forked.pid.tmp && mv ${meta}/forked.pid.tmp ${meta}/forked.pid || exit 126`,
    `read -r go || { rm -f ${meta}/forked.pid; exit 0; }`,
    "exec </dev/null",
    ...cgroup.folders.map((folder) => `echo $$ > ${quote(folder)}/cgroup.procs || exit 126`),
    "trap : TERM INT HUP QUIT USR1 USR2",
    command,
    "code=$?",
    `printf %s "$code" > ${meta}/exit.tmp && mv ${meta}/exit.tmp ${meta}/exit`,
  ].join("\n");
}

/** One word of a shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
