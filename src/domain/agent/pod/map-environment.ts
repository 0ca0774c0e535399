import type { CommandInfo } from "../../../api/mesos/command.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import { escapeExpansion } from "./expansion.ts";
import type { EnvVar } from "./pod-manifest.ts";

/** Variables of the command over those given; a SECRET becomes a reference to a key of a Secret. */
export function mapEnvironment(
  base: readonly EnvVar[],
  command: CommandInfo | undefined,
): Mapped<Map<string, EnvVar>> {
  const env = new Map(base.map((variable) => [variable.name, variable]));
  for (const { name, value, type, secret } of command?.environment?.variables ?? []) {
    if (type !== "SECRET") {
      env.set(name, { name, value: escapeExpansion(value ?? "") });
      continue;
    }
    const reference = secret?.reference;
    if (reference?.key === undefined) {
      return refused(
        `command.environment.${name}`,
        "only a REFERENCE with name and key of a Secret is served",
      );
    }
    const secretKeyRef = { name: reference.name, key: reference.key };
    env.set(name, { name, valueFrom: { secretKeyRef } });
  }
  return mapped(env);
}
