import { z } from "zod";
import { OperatingError } from "../../api/errors/operating-error.ts";

const schema = z
  .strictObject({
    /** namespace/name of the MesosCluster. */
    cluster: z
      .string()
      .regex(/^[^/]+\/[^/]+$/, "give namespace/name")
      .optional(),
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
export type StateConfig = Readonly<z.output<typeof schema>>;

/** @throws {OperatingError} CONFIG_INVALID naming every option that is wrong. */
export function parseStateConfig(flags: Readonly<Record<string, unknown>>): StateConfig {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `--${path.join(".")}: ${message}`,
  );
  throw new OperatingError("CONFIG_INVALID", faults.join("\n"));
}
