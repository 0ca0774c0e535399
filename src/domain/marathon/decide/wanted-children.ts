import { requestedPorts } from "../app/app-facts.ts";
import { previewServiceName, serviceName } from "../manifests/names.ts";
import { appOfSpec } from "./app-of-spec.ts";
import type { SeenObject } from "./marathon-app-seen.ts";

export interface WantedChildren {
  readonly services: readonly string[];
  readonly podDisruptionBudget: boolean;
}

/** Names of the children that the app asks for beside its Rollout; none while its spec is invalid. */
export function wantedChildren({ metadata, spec }: SeenObject): WantedChildren {
  const parsed = appOfSpec(spec);
  if (parsed.kind === "invalid") return { services: [], podDisruptionBudget: false };
  const isBlueGreen = spec.rollout?.strategy === "BlueGreen";
  const hasService = isBlueGreen || requestedPorts(parsed.app).length > 0;
  return {
    services: [
      ...(hasService ? [serviceName(metadata.name)] : []),
      ...(isBlueGreen ? [previewServiceName(metadata.name)] : []),
    ],
    podDisruptionBudget: parsed.app.instances > 1,
  };
}
