import { REALM_FLAGS } from "../../credentials/required-realms.ts";
import { roleFault } from "../../mesos/roles.ts";

interface MasterFlag {
  readonly canRead: (text: string) => boolean;
  /** What can be read. */
  readonly give: string;
}

const oneOf = (...values: readonly string[]): MasterFlag => ({
  canRead: (text) => values.includes(text),
  give: values.join(" or "),
});
const YES_OR_NO = oneOf("true", "false");
const SEED: MasterFlag = {
  canRead: (text) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)),
  give: "a whole number",
};
const ROLES: MasterFlag = {
  canRead: (text) =>
    text.split(",").every((item) => item.trim() === "" || roleFault(item.trim()) === undefined),
  give: "names of roles, separated by commas",
};

/** What `masters.flags` may hold: settings that have no field of their own. */
const MASTER_FLAGS: Readonly<Record<string, MasterFlag>> = {
  agent_order: oneOf("fullest", "shuffled"),
  allocation_seed: SEED,
  allocation_trigger: oneOf("event", "interval"),
  ...Object.fromEntries(Object.values(REALM_FLAGS).map((flag) => [flag, YES_OR_NO])),
  roles: ROLES,
  root_submissions: YES_OR_NO,
  share_counts_idle_reservations: YES_OR_NO,
};

/** The first flag that nobody reads, or whose value cannot be read: it would be a setting without effect. */
export function masterFlagFault(flags: Readonly<Record<string, string>>): string | undefined {
  for (const [name, text] of Object.entries(flags)) {
    const flag = Object.hasOwn(MASTER_FLAGS, name) ? MASTER_FLAGS[name] : undefined;
    if (flag === undefined) {
      const known = Object.keys(MASTER_FLAGS).sort().join(", ");
      return `spec.masters.flags: no flag ${name}; known: ${known}`;
    }
    if (!flag.canRead(text)) return `spec.masters.flags.${name}: give ${flag.give}`;
  }
  return undefined;
}
