import type { AppDefinition } from "./app.ts";

export interface VersionInfo {
  readonly lastScalingAt: string;
  readonly lastConfigChangeAt: string;
}

/** Answer of every call that made a plan. */
export interface DeploymentResult {
  readonly version: string;
  readonly deploymentId: string;
}

export interface TaskCounts {
  readonly staged: number;
  readonly running: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

export type TaskState =
  | "TASK_STAGING"
  | "TASK_STARTING"
  | "TASK_RUNNING"
  | "TASK_KILLING"
  | "TASK_UNREACHABLE"
  | "TASK_FINISHED"
  | "TASK_FAILED"
  | "TASK_KILLED"
  | "TASK_GONE"
  | "TASK_ERROR";

export interface HealthCheckResult {
  readonly instanceId: string;
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess?: string;
  readonly lastSuccess?: string;
  readonly lastFailure?: string;
  readonly lastFailureCause?: string;
}

export interface Task {
  readonly id: string;
  readonly appId: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly servicePorts?: readonly number[];
  readonly slaveId?: string;
  readonly state: TaskState;
  readonly stagedAt: string;
  readonly startedAt?: string;
  readonly version: string;
  readonly ipAddresses: readonly { readonly ipAddress: string; readonly protocol: string }[];
  readonly healthCheckResults: readonly HealthCheckResult[];
  readonly localVolumes: readonly {
    readonly containerPath: string;
    readonly persistenceId: string;
  }[];
  readonly region?: string;
  readonly zone?: string;
  readonly role: string;
}

export interface LastTaskFailure {
  readonly appId: string;
  readonly host: string;
  readonly message: string;
  readonly slaveId?: string;
  readonly state: TaskState;
  readonly taskId: string;
  readonly timestamp: string;
  readonly version: string;
}

/** An app as GET answers it: the definition, its version, counts and running deployments; tasks when asked for. */
export interface AppInfo extends AppDefinition {
  readonly version: string;
  readonly versionInfo: VersionInfo;
  readonly tasksStaged: number;
  readonly tasksRunning: number;
  readonly tasksHealthy: number;
  readonly tasksUnhealthy: number;
  readonly deployments: readonly { readonly id: string }[];
  readonly tasks?: readonly Task[];
  readonly lastTaskFailure?: LastTaskFailure;
}

export type DeploymentActionKind =
  "StartApplication" | "StopApplication" | "ScaleApplication" | "RestartApplication";

export interface DeploymentAction {
  readonly action: DeploymentActionKind;
  readonly app: string;
}

/** A running deployment as `/v2/deployments` lists it; `currentStep` counts from 1. */
export interface DeploymentInfo {
  readonly id: string;
  readonly version: string;
  readonly affectedApps: readonly string[];
  readonly affectedPods: readonly string[];
  readonly steps: readonly { readonly actions: readonly DeploymentAction[] }[];
  readonly currentActions: readonly (DeploymentAction & {
    readonly readinessCheckResults: readonly never[];
  })[];
  readonly currentStep: number;
  readonly totalSteps: number;
}
