import { requestedPorts, type RequestedPort } from "../app/app-facts.ts";
import { isDynamic } from "./app-metadata.ts";
import { kubePortName } from "./names.ts";
import type { RenderInput } from "./render-input.ts";

export interface PortBinding {
  readonly name: string;
  readonly protocol: "TCP" | "UDP";
  /** Where the task listens. */
  readonly containerPort: number;
  readonly hostPort?: number;
  /** Port of the app's Service; 0 = none. */
  readonly servicePort: number;
}

const PROTOCOLS = { tcp: ["TCP"], udp: ["UDP"], "udp,tcp": ["UDP", "TCP"] } as const;

function bindingsOf(input: RenderInput, port: RequestedPort, index: number): PortBinding[] {
  const servicePort = input.servicePorts[index] ?? 0;
  const fixedHostPort = port.hostPort ? port.hostPort : undefined;
  const onHost = input.app.networks[0]?.mode === "host";
  const containerPort = onHost
    ? (fixedHostPort ?? servicePort)
    : port.port === 0
      ? servicePort
      : port.port;
  if (containerPort === 0) return [];
  const protocols = PROTOCOLS[port.protocol];
  const name = kubePortName(port.name, index);
  return protocols.map((protocol) => ({
    name: protocols.length > 1 && protocol === "UDP" ? `${name.slice(0, 11)}-udp` : name,
    protocol,
    containerPort,
    ...(fixedHostPort === undefined ? {} : { hostPort: fixedHostPort }),
    servicePort,
  }));
}

/** Ports whose number is known when the template is made, one per protocol; dynamic host ports are not among them. */
export function portBindings(input: RenderInput): PortBinding[] {
  const isHostDynamic = isDynamic(input);
  return requestedPorts(input.app).flatMap((port, i) =>
    isHostDynamic(port) ? [] : bindingsOf(input, port, i),
  );
}

/** Where a port index of a check leads, or `undefined` for a dynamic host port. */
export function knownPortOfIndex(input: RenderInput, index: number): number | undefined {
  const port = requestedPorts(input.app)[index];
  if (!port || isDynamic(input)(port)) return undefined;
  return bindingsOf(input, port, index)[0]?.containerPort;
}
