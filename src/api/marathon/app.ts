import type { AppUpdate } from "./app-input.ts";
import type { AppCheck, HealthCheck, ReadinessCheck } from "./checks.ts";
import type { ContainerInput, DockerInput } from "./container.ts";
import type { Network, PortDefinition, PortMapping } from "./network.ts";

type Given<K extends keyof AppUpdate> = NonNullable<AppUpdate[K]>;

/** `[field, operator, value?]`, the operator in upper case. */
export type ConstraintTuple = readonly string[];
export type AppEnv = Given<"env">;
export type UnreachableStrategy = Given<"unreachableStrategy">;
export type UpgradeStrategy = Given<"upgradeStrategy">;
export type ResourceLimits = Given<"resourceLimits">;
export type FetchUri = Given<"fetch">[number];
export type AppDocker = Omit<DockerInput, "network" | "portMappings">;
export type AppContainer = Omit<ContainerInput, "docker"> & {
  readonly docker?: AppDocker | undefined;
};

/**
 * A Marathon app in canonical form: today's spelling, every default filled in, ids absolute. Durations in seconds, cpus in
 * cores, mem and disk in MiB, as Marathon writes them. Optional fields are left out when unset, never null.
 */
export interface AppDefinition {
  readonly id: string;
  readonly cmd?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly instances: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly executor: string;
  readonly executorResources?: AppUpdate["executorResources"];
  readonly env: AppEnv;
  readonly secrets: Given<"secrets">;
  readonly fetch: readonly FetchUri[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string | undefined;
  readonly tty?: boolean | undefined;
  readonly constraints: readonly ConstraintTuple[];
  readonly role: string;
  readonly acceptedResourceRoles?: readonly string[] | undefined;
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly taskKillGracePeriodSeconds?: number | undefined;
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy: UnreachableStrategy;
  readonly killSelection: "YOUNGEST_FIRST" | "OLDEST_FIRST";
  readonly requirePorts: boolean;
  readonly residency?: AppUpdate["residency"];
  readonly dependencies: readonly string[];
  readonly container?: AppContainer | undefined;
  readonly networks: readonly Network[];
  readonly portDefinitions?: readonly PortDefinition[] | undefined;
  readonly healthChecks: readonly HealthCheck[];
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly check?: AppCheck | undefined;
}

export type { Network, PortDefinition, PortMapping };
