import type { ComponentSpec, PatternSpec } from "./pattern-spec.ts";
import { type PatternState, tasksOf } from "./pattern-state.ts";

/** What a command may ask for of its own place. */
export interface CommandPlace {
  readonly host: string;
  readonly index: number;
  /** In the order of the component's ports. */
  readonly ports: readonly number[];
}

/** The command with its `{{…}}` filled in, or undefined while an address of another component is not known. */
export function fillCommand(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
  place: CommandPlace,
): string | undefined {
  const values = [...component.command.matchAll(PARAMETER)].map(([, key = ""]) =>
    valueOf(spec, state, component, place, key),
  );
  if (values.includes(undefined)) return undefined;
  let at = 0;
  return component.command.replace(PARAMETER, () => values[at++] ?? "");
}

const PARAMETER = /\{\{([a-zA-Z0-9.-]+)\}\}/g;

function valueOf(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec,
  place: CommandPlace,
  key: string,
): string | undefined {
  if (key === "host") return place.host;
  if (key === "index") return String(place.index);
  const [owner = "", port = ""] = key.split(".");
  if (owner === "port") return portNumber(component, place.ports, port);
  return addressOf(spec, state, owner, port);
}

/** `ip:port` of the first running instance of a component; undefined before one runs on an agent whose address is known. */
function addressOf(
  spec: PatternSpec,
  state: PatternState,
  name: string,
  port: string,
): string | undefined {
  const component = spec.components.find((it) => it.name === name);
  if (component === undefined) return undefined;
  for (const task of tasksOf(state, name)) {
    const agent = task.agentId === undefined ? undefined : state.agents.get(task.agentId);
    const number = portNumber(component, task.ports, port);
    if (task.state === "TASK_RUNNING" && agent !== undefined && number !== undefined) {
      return `${agent.ip}:${number}`;
    }
  }
  return undefined;
}

function portNumber(
  component: ComponentSpec,
  ports: readonly number[],
  name: string,
): string | undefined {
  const at = component.ports.findIndex((port) => port.name === name);
  const number = ports[at];
  return number === undefined ? undefined : String(number);
}
