import { parseArgs } from "node:util";
import { ClusterError } from "../host/cluster-error.ts";
import type { Tier } from "../tier.ts";

/** Where the product is brought up: on a cluster of ours, or on one that is there already. */
export type StartTarget =
  | { readonly kind: "own"; readonly tier?: Tier; readonly nodes: number }
  | { readonly kind: "existing"; readonly kubeconfig: string; readonly image: string };

export interface StartOptions {
  readonly target: StartTarget;
  /** Leave everything running and return once it is up. */
  readonly isDetached: boolean;
}

export const START_USAGE = `npm start -- [options]

  --detach            leave everything running and return; npm stop ends it
  --tier T            control-plane or nodes (default: the best this machine allows)
  --nodes N           real nodes (default 2)
  --kubeconfig FILE   use an existing cluster (Kubernetes 1.30 or newer, with Argo Rollouts); needs --image
  --image REF         image of this product that the existing cluster can pull
  --help              this text
`;

/** @throws {ClusterError} for a flag that does not exist, or does not fit the others. */
export function parseStartOptions(argv: readonly string[]): StartOptions | "help" {
  const { values } = parseOrExplain(argv);
  if (values.help) return "help";
  const isDetached = values.detach;
  if (values.kubeconfig !== undefined) {
    if (values.image === undefined) {
      throw new ClusterError(
        "--kubeconfig needs --image",
        "build the image (docker build .), push it where the cluster can pull it, and name it",
      );
    }
    const target = {
      kind: "existing",
      kubeconfig: values.kubeconfig,
      image: values.image,
    } as const;
    return { target, isDetached };
  }
  if (values.image !== undefined) {
    throw new ClusterError(
      "--image goes with --kubeconfig",
      "our own cluster builds the image itself",
    );
  }
  const nodes = Number(values.nodes);
  if (!Number.isInteger(nodes) || nodes < 1) {
    throw new ClusterError(`--nodes takes a number from 1 on, not "${values.nodes}"`);
  }
  const tier = values.tier === undefined ? {} : { tier: parseTier(values.tier) };
  const target = { kind: "own", nodes, ...tier } as const;
  return { target, isDetached };
}

function parseTier(text: string): Tier {
  if (text === "nodes" || text === "control-plane") return text;
  throw new ClusterError(`no tier "${text}"`, "there are: control-plane, nodes");
}

function parseOrExplain(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        detach: { type: "boolean", default: false },
        tier: { type: "string" },
        nodes: { type: "string", default: "2" },
        kubeconfig: { type: "string" },
        image: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new ClusterError(
      error instanceof Error ? error.message : String(error),
      "npm start -- --help",
    );
  }
}
