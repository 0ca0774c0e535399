import { parseArgs } from "node:util";
import { ClusterError } from "../host/cluster-error.ts";
import type { Tier } from "../tier.ts";
import { NAME_DEFAULT } from "./run-record.ts";

/** Where the product is brought up: on a cluster of ours, or on one that is there already. */
export type StartTarget =
  | { readonly kind: "own"; readonly name: string; readonly tier?: Tier; readonly nodes: number }
  | { readonly kind: "existing"; readonly kubeconfig: string; readonly images: ProductImages };

/** Image of the product, and the one with a shell that tasks and samples run in. */
export interface ProductImages {
  readonly runtime: string;
  readonly node: string;
}

export interface StartOptions {
  readonly target: StartTarget;
  /** Leave everything running and return once it is up. */
  readonly isDetached: boolean;
  /** Leave everything running also when it does not come up, to be looked at. */
  readonly isKept: boolean;
}

export const START_USAGE = `npm start -- [options]

  --detach            leave everything running and return; npm stop ends it
  --tier T            control-plane or nodes (default: the best this machine allows)
  --nodes N           real nodes (default 2)
  --name NAME         name of the cluster (default ${NAME_DEFAULT}): others run beside it, each with
                      .orchestrator/NAME/endpoints.json and npm stop -- --name NAME
  --keep              leave everything running when it does not come up, to look at it
  --kubeconfig FILE   use an existing cluster (Kubernetes 1.30 or newer, with Argo Rollouts); needs --image
  --image REF         image of this product (Dockerfile target runtime) that the existing cluster can pull
  --node-image REF    the same, target node (default: REF of --image with -node behind its name)
  --help              this text
`;

const FLAGS = {
  detach: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  tier: { type: "string" },
  nodes: { type: "string" },
  name: { type: "string" },
  kubeconfig: { type: "string" },
  image: { type: "string" },
  "node-image": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

type Flags = ReturnType<typeof parseOrExplain>;

/** The name that `npm stop -- --name NAME` gives. @throws {ClusterError} for anything else. */
export function parseStopOptions(argv: readonly string[]): string {
  const { name = NAME_DEFAULT, ...others } = parseOrExplain(argv);
  const other = Object.entries(others).find(([, value]) => value !== false)?.[0];
  if (other !== undefined) throw new ClusterError(`npm stop takes --name only, not --${other}`);
  return name;
}

/** @throws {ClusterError} for a flag that does not exist, or does not fit the others. */
export function parseStartOptions(argv: readonly string[]): StartOptions | "help" {
  const flags = parseOrExplain(argv);
  if (flags.help) return "help";
  const target = flags.kubeconfig === undefined ? ownTarget(flags) : existingTarget(flags);
  return { target, isDetached: flags.detach, isKept: flags.keep };
}

function existingTarget(flags: Flags): StartTarget {
  const { kubeconfig = "", image } = flags;
  if (image === undefined) {
    throw new ClusterError(
      "--kubeconfig needs --image",
      "build the images (docker build --target runtime and --target node), push them where the cluster can pull them, and name them",
    );
  }
  const ours = (["tier", "nodes", "name"] as const).find((flag) => flags[flag] !== undefined);
  if (ours !== undefined) {
    throw new ClusterError(
      `--${ours} does not go with --kubeconfig`,
      "it is about clusters made here",
    );
  }
  const images = { runtime: image, node: flags["node-image"] ?? nodeImageOf(image) };
  return { kind: "existing", kubeconfig, images };
}

function ownTarget(flags: Flags): StartTarget {
  const strange = (["image", "node-image"] as const).find((flag) => flags[flag] !== undefined);
  if (strange !== undefined) {
    throw new ClusterError(
      `--${strange} goes with --kubeconfig`,
      "our own cluster builds the image itself",
    );
  }
  const { name = NAME_DEFAULT, nodes = "2" } = flags;
  const count = Number(nodes);
  if (!Number.isInteger(count) || count < 1) {
    throw new ClusterError(`--nodes takes a number from 1 on, not "${nodes}"`);
  }
  const tier = flags.tier === undefined ? {} : { tier: parseTier(flags.tier) };
  if (tier.tier === "control-plane" && flags.nodes !== undefined) {
    throw new ClusterError(
      "--nodes does not go with --tier control-plane",
      "that tier has no real nodes",
    );
  }
  return { kind: "own", name, nodes: count, ...tier };
}

/** `registry/orchestrator:1.0` → `registry/orchestrator-node:1.0`. */
export function nodeImageOf(image: string): string {
  const { name, version } = splitImage(image);
  return `${name}-node${version}`;
}

/** Name, and what chooses one version of it: `:tag`, `@digest` or nothing. A port of the registry is part of the name. */
export function splitImage(image: string): { readonly name: string; readonly version: string } {
  const at = image.indexOf("@");
  const colon = image.lastIndexOf(":");
  const end = at >= 0 ? at : colon > image.lastIndexOf("/") ? colon : image.length;
  return { name: image.slice(0, end), version: image.slice(end) };
}

function parseTier(text: string): Tier {
  if (text === "nodes" || text === "control-plane") return text;
  throw new ClusterError(`no tier "${text}"`, "there are: control-plane, nodes");
}

function parseOrExplain(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS }).values;
  } catch (error) {
    throw new ClusterError(
      error instanceof Error ? error.message : String(error),
      "npm start -- --help",
    );
  }
}
