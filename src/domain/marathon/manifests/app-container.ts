import type { AppDefinition } from "../../../api/marathon/app.ts";
import { containerEnv, literal } from "./container-env.ts";
import { portBindings } from "./container-ports.ts";
import type { ParameterEffects } from "./docker-parameters.ts";
import type { FidelityNotes } from "./fidelity.ts";
import { present } from "./manifest.ts";
import { SANDBOX } from "./names.ts";
import { containerProbes } from "./probes.ts";
import type { RenderInput } from "./render-input.ts";

/** Name of the one container of an app's Pods. */
export const APP_CONTAINER = "app";

function commandOf(app: AppDefinition, effects: ParameterEffects): object {
  const entrypoint = effects.entrypoint === undefined ? {} : { command: [effects.entrypoint] };
  if (app.cmd !== undefined) return { command: ["/bin/sh", "-c", literal(app.cmd)] };
  const args = (app.args ?? []).map(literal);
  if (args.length === 0) return entrypoint;
  return app.container?.docker ? { ...entrypoint, args } : { command: args };
}

/** Kubernetes' own spelling of a quantity, so that a client that reads and writes the object changes nothing. */
function cpu(cores: number): string {
  const milli = Math.ceil(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

function mebibytes(amount: number): string {
  let value = Math.ceil(amount);
  let unit = 0;
  for (; value % 1024 === 0 && unit < 2; unit += 1) value /= 1024;
  return `${value}${["Mi", "Gi", "Ti"][unit]!}`;
}

/** The limit in effect: the app's own, none for `unlimited`, else the default. */
function limitOf(
  own: number | string | undefined,
  fallback: string | undefined,
  format: (amount: number) => string,
): string | undefined {
  if (own === undefined) return fallback;
  return typeof own === "number" ? format(own) : undefined;
}

function resourcesOf({ app, settings }: RenderInput, notes: FidelityNotes): object {
  const memory = app.mem > 0 ? mebibytes(app.mem) : undefined;
  const disk = app.disk > 0 ? mebibytes(app.disk) : undefined;
  const gpus = app.gpus > 0 ? String(app.gpus) : undefined;
  if (disk) notes.approximated("disk", "a limit: Kubernetes evicts above it, Mesos only counted");
  const cpuLimit = settings.limitsCpu ? cpu(app.cpus) : undefined;
  return {
    requests: present({ cpu: cpu(app.cpus), memory, "ephemeral-storage": disk }),
    limits: present({
      cpu: limitOf(app.resourceLimits?.cpus, cpuLimit, cpu),
      memory: limitOf(app.resourceLimits?.mem, memory, mebibytes),
      "ephemeral-storage": disk,
      "nvidia.com/gpu": gpus,
    }),
  };
}

const WELL_KNOWN_USERS: Readonly<Record<string, number>> = { root: 0, nobody: 65_534 };

/** Numeric user and group; a name without known number is left to the image and noted. */
function userOf(input: RenderInput, effects: ParameterEffects, notes: FidelityNotes): object {
  const given = effects.user ?? input.app.user;
  if (given === undefined) return {};
  const [user = "", group] = given.split(":");
  const id = /^\d+$/.test(user) ? Number(user) : WELL_KNOWN_USERS[user];
  if (id === undefined) {
    notes.dropped("user", `no number is known for ${user}: give a number, uid[:gid]`);
    return {};
  }
  if (!/^\d+$/.test(user)) notes.approximated("user", `user ${user} is number ${id}`);
  return { runAsUser: id, ...(group && /^\d+$/.test(group) ? { runAsGroup: Number(group) } : {}) };
}

function securityContextOf(
  input: RenderInput,
  effects: ParameterEffects,
  notes: FidelityNotes,
): object | undefined {
  const capabilities = present({ add: effects.capAdd, drop: effects.capDrop });
  const seccomp = input.app.container?.linuxInfo?.seccomp;
  const context = present({
    ...userOf(input, effects, notes),
    privileged: input.app.container?.docker?.privileged === true ? true : undefined,
    readOnlyRootFilesystem: effects.readOnly ? true : undefined,
    capabilities: Object.keys(capabilities).length > 0 ? capabilities : undefined,
    seccompProfile: seccomp
      ? seccomp.unconfined
        ? { type: "Unconfined" }
        : { type: "Localhost", localhostProfile: seccomp.profileName ?? "" }
      : undefined,
  });
  return Object.keys(context).length > 0 ? context : undefined;
}

/** Seconds that balancers get to let go of a task before it is told to stop. */
export function drainSeconds(input: RenderInput): number {
  return portBindings(input).length > 0 ? (input.rollout?.drainSeconds ?? 2) : 0;
}

function workingDirOf(input: RenderInput, effects: ParameterEffects): string | undefined {
  const { app } = input;
  if (effects.workdir !== undefined) return effects.workdir;
  const inSandbox = app.cmd !== undefined && (app.fetch.length > 0 || !app.container?.docker);
  return inSandbox ? SANDBOX : undefined;
}

/** The container that is the task. */
export function appContainer(
  input: RenderInput,
  effects: ParameterEffects,
  volumeMounts: readonly object[],
  notes: FidelityNotes,
): object {
  const { app, settings } = input;
  const docker = app.container?.docker;
  if (!docker) notes.approximated("container", `no image given: runs in ${settings.defaultImage}`);
  const drain = drainSeconds(input);
  const ports = portBindings(input).map(({ name, protocol, containerPort, hostPort }) =>
    present({ name, protocol, containerPort, hostPort }),
  );
  return present({
    name: APP_CONTAINER,
    image: docker?.image ?? settings.defaultImage,
    imagePullPolicy: docker?.forcePullImage ? "Always" : "IfNotPresent",
    ...commandOf(app, effects),
    workingDir: workingDirOf(input, effects),
    env: [
      ...containerEnv(input, notes),
      ...effects.env.map(([name, value]) => ({ name, value: literal(value) })),
    ],
    ports,
    resources: resourcesOf(input, notes),
    ...containerProbes(input, notes),
    lifecycle: drain > 0 ? { preStop: { sleep: { seconds: drain } } } : undefined,
    securityContext: securityContextOf(input, effects, notes),
    tty: app.tty,
    stdin: app.tty,
    volumeMounts,
  });
}
