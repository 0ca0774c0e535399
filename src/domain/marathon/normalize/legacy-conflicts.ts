import type { AppInput } from "../../../api/marathon/app-input.ts";
import type { Violation } from "../rules/violation.ts";

const onWhole = (error: string): Violation => ({ path: "/", error });

function differ(ports: readonly number[], defined: readonly { readonly port: number }[]): boolean {
  return ports.length !== defined.length || ports.some((port, i) => port !== defined[i]?.port);
}

function duplicates(ports: readonly number[]): boolean {
  const fixed = ports.filter((port) => port !== 0);
  return new Set(fixed).size !== fixed.length;
}

/** An old spelling beside the new one is refused, since only the sender knows which is meant. */
export function legacyConflicts(input: AppInput): Violation[] {
  const found: Violation[] = [];
  if (input.networks && input.container?.docker?.network) {
    found.push(onWhole("must not specify both container.docker.network and networks"));
  }
  if (input.networks && input.ipAddress) {
    found.push(onWhole("must not specify both networks and ipAddress"));
  }
  const discovered = input.ipAddress?.discovery?.ports ?? [];
  if (discovered.length > 0 && input.container?.type === "DOCKER") {
    found.push(onWhole("ipAddress/discovery is not allowed for Docker containers"));
  }
  if (input.ports && input.portDefinitions && differ(input.ports, input.portDefinitions)) {
    found.push(onWhole("cannot specify both ports and port definitions"));
  }
  if (input.ports && duplicates(input.ports)) {
    found.push({ path: "/ports", error: "ports must be unique" });
  }
  if ((input.uris ?? []).length > 0 && (input.fetch ?? []).length > 0) {
    found.push({ path: "/uris", error: "may not be set in conjunction with fetch" });
  }
  return found;
}
