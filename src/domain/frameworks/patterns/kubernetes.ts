import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, composePattern } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/** etcd of one member; its data is in the sandbox and ends with the task. */
const ETCD = [
  "etcd",
  "--name=etcd-{{index}}",
  "--data-dir=etcd-data",
  "--listen-client-urls=http://{{host}}:{{port.client}}",
  "--advertise-client-urls=http://{{host}}:{{port.client}}",
  "--listen-peer-urls=http://{{host}}:{{port.peer}}",
  "--initial-advertise-peer-urls=http://{{host}}:{{port.peer}}",
  "--initial-cluster=etcd-{{index}}=http://{{host}}:{{port.peer}}",
];

/** The API server makes its own certificate at its start; the key of it signs the tokens of service accounts too. */
const API_SERVER = [
  "kube-apiserver",
  "--etcd-servers=http://{{etcd.client}}",
  "--bind-address={{host}}",
  "--advertise-address={{host}}",
  "--secure-port={{port.secure}}",
  "--cert-dir=certificates",
  "--service-cluster-ip-range=10.255.0.0/24",
  "--service-account-issuer=https://{{host}}:{{port.secure}}",
  "--service-account-key-file=certificates/apiserver.key",
  "--service-account-signing-key-file=certificates/apiserver.key",
  "--authorization-mode=RBAC",
];

/**
 * A Kubernetes control plane as tasks: etcd, then API servers that are told where it runs. `instances` are the API servers.
 * The programs are real ones, found on the agents.
 */
export function kubernetes(options: PatternOptions): PatternSpec {
  const line = (words: readonly string[]): string => `exec ${options.binDir}${words.join(" ")}`;
  return composePattern(options, {
    singles: [
      {
        name: "etcd",
        cpuMillis: 200,
        memMiB: 256,
        ports: [{ name: "client" }, { name: "peer" }],
        command: line(ETCD),
      },
    ],
    main: {
      name: "api-server",
      cpuMillis: 500,
      memMiB: 768,
      ports: [{ name: "secure" }],
      command: line(API_SERVER),
      after: ["etcd"],
    },
    instances: options.instances ?? always(1),
    refuseSeconds: 5,
  });
}
