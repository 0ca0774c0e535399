// A process of its own: makes Services of the cluster reachable on loopback of this machine, until it is told to stop.
// Arguments: kubectl binary, kubeconfig, then one `localPort=namespace/service:port` per Service.
import { createServer, connect, type Socket } from "node:net";
import { tryCommand } from "../host/run-command.ts";

interface Route {
  readonly localPort: number;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

interface EndpointSliceList {
  readonly items: readonly {
    readonly ports?: readonly { readonly port?: number; readonly name?: string }[];
    readonly endpoints?: readonly {
      readonly addresses: readonly string[];
      readonly conditions?: { readonly ready?: boolean };
    }[];
  }[];
}

/** A backend is asked for anew after this time, so that a connection never waits for the API server. */
const BACKEND_TTL_MS = 1_000;

const [kubectl = "kubectl", kubeconfig = "", ...specs] = process.argv.slice(2);

function parseRoute(spec: string): Route {
  const match = /^(\d+)=([^/]+)\/([^:]+):(\d+)$/.exec(spec);
  if (!match) throw new Error(`not a route: ${spec}`);
  const [, localPort, namespace = "", service = "", port] = match;
  return { localPort: Number(localPort), namespace, service, port: Number(port) };
}

/** Address of a ready pod of the Service, and the port the pod listens on. */
async function findBackend(route: Route): Promise<{ host: string; port: number } | undefined> {
  const { stdout } = await tryCommand(kubectl, [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${route.namespace}`,
    "get",
    "endpointslices",
    `--selector=kubernetes.io/service-name=${route.service}`,
    "--output=json",
  ]);
  if (stdout === "") return undefined;
  for (const slice of (JSON.parse(stdout) as EndpointSliceList).items) {
    const ready = slice.endpoints?.find((endpoint) => endpoint.conditions?.ready !== false);
    const host = ready?.addresses[0];
    const port = slice.ports?.[0]?.port;
    if (host !== undefined && port !== undefined) return { host, port };
  }
  return undefined;
}

function forward(route: Route): void {
  let cached: { backend: ReturnType<typeof findBackend>; atMs: number } | undefined;
  const backendNow = (): ReturnType<typeof findBackend> => {
    if (cached === undefined || performance.now() - cached.atMs > BACKEND_TTL_MS) {
      cached = { backend: findBackend(route), atMs: performance.now() };
    }
    return cached.backend;
  };
  const join = async (client: Socket): Promise<void> => {
    client.on("error", () => client.destroy());
    const backend = await backendNow();
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(backend.port, backend.host);
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
  };
  createServer((client) => {
    join(client).catch(() => client.destroy());
  }).listen(route.localPort, "127.0.0.1");
}

specs.map(parseRoute).forEach(forward);
