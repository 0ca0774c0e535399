import { z } from "zod";
import {
  type InClusterAddress,
  inClusterAddress,
} from "../../adapters/kubernetes/in-cluster-access.ts";
import { clusterKey, type Environment, type Given, parseOptions } from "../options.ts";

const schema = z
  .strictObject({
    cluster: clusterKey.optional(),
    kubeconfig: z.string().min(1).optional(),
    /** Folder of a standalone master. */
    workDir: z.string().min(1).optional(),
    out: z.string().min(1).optional(),
    replace: z.boolean().default(false),
    force: z.boolean().default(false),
  })
  .refine(({ cluster, workDir }) => (cluster === undefined) !== (workDir === undefined), {
    message: "give either --cluster or --work-dir",
  });

/** Validated options of `orchestrator state backup|restore`. */
export type StateConfig = Readonly<z.output<typeof schema>> & {
  readonly inCluster: InClusterAddress | undefined;
};

/** @throws {OperatingError} CONFIG_INVALID naming every option that is wrong. */
export function parseStateConfig(
  flags: Given,
  environment: Environment = process.env,
): StateConfig {
  return Object.freeze({
    ...parseOptions(schema, flags),
    inCluster: inClusterAddress(environment),
  });
}
