import { networkMode, requestedPorts, type RequestedPort } from "../app/app-facts.ts";
import { pathSegments, safePath } from "../app/app-path.ts";
import { labelEnv } from "../task/label-env.ts";
import { isDynamic } from "./app-metadata.ts";
import type { FidelityNotes } from "./fidelity.ts";
import { portAnnotation, SANDBOX } from "./names.ts";
import type { RenderInput } from "./render-input.ts";
import { secretKeyRef } from "./secrets.ts";

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** Names that every supported API server accepts. */
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const UID_VARIABLE = "ORCHESTRATOR_POD_UID";
export const IMAGE_VARIABLE = "MARATHON_APP_DOCKER_IMAGE";

/** Text that the kubelet must not expand: `$(X)` and `$$` mean something to it, to Marathon they are just text. */
export function literal(text: string): string {
  return /\$[$(]/.test(text) ? text.replaceAll("$", "$$$$") : text;
}

const value = (name: string, text: string): EnvVar => ({ name, value: literal(text) });
const field = (name: string, fieldPath: string): EnvVar => ({
  name,
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
});

/** Scala's text of a double. */
function decimal(amount: number): string {
  return Number.isInteger(amount) ? `${amount}.0` : String(amount);
}

function marathonEnv(input: RenderInput): EnvVar[] {
  const { app, version } = input;
  const image = input.imageVariable ?? app.container?.docker?.image;
  return [
    field(UID_VARIABLE, "metadata.uid"),
    {
      name: "MESOS_TASK_ID",
      value: `${literal(safePath(app.id))}.instance-$(${UID_VARIABLE})._app.1`,
    },
    value("MESOS_SANDBOX", SANDBOX),
    value("MARATHON_APP_ID", app.id),
    value("MARATHON_APP_VERSION", version),
    ...(image === undefined ? [] : [value(IMAGE_VARIABLE, image)]),
    value("MARATHON_APP_RESOURCE_CPUS", decimal(app.cpus)),
    value("MARATHON_APP_RESOURCE_MEM", decimal(app.mem)),
    value("MARATHON_APP_RESOURCE_DISK", decimal(app.disk)),
    value("MARATHON_APP_RESOURCE_GPUS", String(app.gpus)),
    value("MARATHON_APP_ENFORCE_GROUP_ROLE", "false"),
    ...Object.entries(labelEnv(app.labels)).map(([name, text]) => value(name, text)),
  ];
}

function portName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/** The number of a port that is known before: its fixed host port, its container port, else its service port. */
function knownPort(input: RenderInput, index: number, port: RequestedPort): number {
  if (port.hostPort) return port.hostPort;
  return port.port === 0 ? (input.servicePorts[index] ?? 0) : port.port;
}

/** PORT0, PORT1, …: dynamic host ports come from the engine's annotations through the downward API. */
function numberedPorts(input: RenderInput, ports: readonly RequestedPort[]): EnvVar[] {
  const isHostDynamic = isDynamic(input);
  let dynamicIndex = 0;
  return ports.map((port, i) => {
    const name = `${input.settings.envPrefix}PORT${i}`;
    if (!isHostDynamic(port)) return value(name, String(knownPort(input, i, port)));
    const path = `metadata.annotations['${portAnnotation(dynamicIndex)}']`;
    dynamicIndex += 1;
    return field(name, path);
  });
}

/** Further names of port `index`: by the number that was declared and by its name. */
function namesOfPort({ port, name }: RequestedPort): string[] {
  return [
    ...(port === 0 ? [] : [`PORT_${port}`]),
    ...(name === undefined ? [] : [`PORT_${portName(name)}`]),
  ];
}

/**
 * PORT variables of a Pod; all but PORTn refer to PORTn. A dynamic port's number is unknown when the template is made, so no
 * variable can be named after it.
 */
function portVariables(input: RenderInput, notes: FidelityNotes): EnvVar[] {
  const ports = requestedPorts(input.app);
  if (ports.length === 0) return [];
  if (ports.some(isDynamic(input))) {
    notes.approximated("portDefinitions", "no PORT_<allocated number>: it is not known before");
  }
  const { envPrefix } = input.settings;
  const reference = (index: number): string => `$(${envPrefix}PORT${index})`;
  return [
    ...numberedPorts(input, ports),
    ...ports.flatMap((port, i) =>
      namesOfPort(port).map((name) => ({ name: `${envPrefix}${name}`, value: reference(i) })),
    ),
    { name: `${envPrefix}PORT`, value: reference(0) },
    { name: `${envPrefix}PORTS`, value: ports.map((_, i) => reference(i)).join(",") },
  ];
}

/** `<NAME>_HOST` and `<NAME>_PORT` of each app in `dependencies`. */
function dependencyVariables(input: RenderInput): EnvVar[] {
  return input.dependencies.flatMap(({ id, host, port }) => {
    const last = pathSegments(id).at(-1) ?? "";
    const name = last.toUpperCase().replace(/[-.]/g, "_");
    return [
      value(`${name}_HOST`, host),
      ...(port === undefined ? [] : [value(`${name}_PORT`, String(port))]),
    ];
  });
}

function userVariables(input: RenderInput, notes: FidelityNotes): EnvVar[] {
  const variables: EnvVar[] = [];
  for (const [name, given] of Object.entries(input.app.env)) {
    if (!ENV_NAME.test(name)) {
      notes.dropped(`env[${name}]`, "no legal name of a variable in Kubernetes");
    } else if (typeof given === "string") variables.push(value(name, given));
    else {
      const source = input.app.secrets[given.secret]?.source ?? given.secret;
      variables.push({ name, valueFrom: { secretKeyRef: secretKeyRef(source, input, notes) } });
    }
  }
  return variables;
}

/** All variables of the task, each name once; the user's own win (marathon.md 4.7). */
export function containerEnv(input: RenderInput, notes: FidelityNotes): EnvVar[] {
  const onHost = networkMode(input.app.networks) === "host";
  const host = field(`${input.settings.envPrefix}HOST`, onHost ? "status.hostIP" : "status.podIP");
  const byName = new Map<string, EnvVar>();
  for (const variable of [
    ...marathonEnv(input),
    host,
    ...portVariables(input, notes),
    ...dependencyVariables(input),
    ...userVariables(input, notes),
  ]) {
    byName.set(variable.name, variable);
  }
  return [...byName.values()];
}
