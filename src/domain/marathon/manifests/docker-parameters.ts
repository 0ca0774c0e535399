import type { DockerParameter } from "../../../api/marathon/container.ts";
import type { FidelityNotes } from "./fidelity.ts";

/** What Docker's own options come to in a Pod. */
export interface ParameterEffects {
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly sysctls: readonly { readonly name: string; readonly value: string }[];
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly hostname?: string;
  readonly user?: string;
  readonly workdir?: string;
  readonly entrypoint?: string;
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly shmSize?: string;
  readonly tmpfs: readonly string[];
  readonly readOnly: boolean;
  readonly volumes: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly readOnly: boolean;
  }[];
}

interface Draft {
  capAdd: string[];
  capDrop: string[];
  sysctls: { name: string; value: string }[];
  hostAliases: { ip: string; hostnames: string[] }[];
  nameservers: string[];
  searches: string[];
  hostname?: string;
  user?: string;
  workdir?: string;
  entrypoint?: string;
  env: [string, string][];
  labels: [string, string][];
  shmSize?: string;
  tmpfs: string[];
  readOnly: boolean;
  volumes: { hostPath: string; containerPath: string; readOnly: boolean }[];
}

const pair = (text: string): [string, string] => {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

/** `64m`, `1g` as Kubernetes writes it. */
function quantity(docker: string): string {
  const match = /^(\d+)([bkmg]?)b?$/i.exec(docker);
  if (!match) return docker;
  const unit = { b: "", k: "Ki", m: "Mi", g: "Gi", "": "" }[match[2]!.toLowerCase()] ?? "";
  return `${match[1]!}${unit}`;
}

type Handler = (draft: Draft, value: string) => void;

/** Every option that has a place in a Pod. What is missing here is dropped and named. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  "cap-add": (draft, value) => draft.capAdd.push(value.replace(/^CAP_/, "")),
  "cap-drop": (draft, value) => draft.capDrop.push(value.replace(/^CAP_/, "")),
  sysctl: (draft, value) => {
    const [name, setting] = pair(value);
    draft.sysctls.push({ name, value: setting });
  },
  "add-host": (draft, value) => {
    const at = value.indexOf(":");
    draft.hostAliases.push({ ip: value.slice(at + 1), hostnames: [value.slice(0, at)] });
  },
  dns: (draft, value) => draft.nameservers.push(value),
  "dns-search": (draft, value) => draft.searches.push(value),
  hostname: (draft, value) => (draft.hostname = value),
  user: (draft, value) => (draft.user = value),
  workdir: (draft, value) => (draft.workdir = value),
  entrypoint: (draft, value) => (draft.entrypoint = value),
  env: (draft, value) => draft.env.push(pair(value)),
  label: (draft, value) => draft.labels.push(pair(value)),
  "shm-size": (draft, value) => (draft.shmSize = quantity(value)),
  tmpfs: (draft, value) => draft.tmpfs.push(value.split(":")[0]!),
  "read-only": (draft, value) => (draft.readOnly = value !== "false"),
  volume: (draft, value) => {
    const [hostPath = "", containerPath = hostPath, mode = "rw"] = value.split(":");
    draft.volumes.push({ hostPath, containerPath, readOnly: mode.split(",").includes("ro") });
  },
};
const ALIASES: Readonly<Record<string, string>> = {
  e: "env",
  l: "label",
  v: "volume",
  u: "user",
  w: "workdir",
  h: "hostname",
};

/** Reads `container.docker.parameters`; options without a counterpart are noted as dropped. */
export function parameterEffects(
  parameters: readonly DockerParameter[],
  notes: FidelityNotes,
): ParameterEffects {
  const draft: Draft = {
    capAdd: [],
    capDrop: [],
    sysctls: [],
    hostAliases: [],
    nameservers: [],
    searches: [],
    env: [],
    labels: [],
    tmpfs: [],
    readOnly: false,
    volumes: [],
  };
  for (const { key, value } of parameters) {
    const name = ALIASES[key] ?? key;
    const handle = HANDLERS[name];
    if (handle) handle(draft, value);
    else {
      const field = `container.docker.parameters[${key}]`;
      notes.dropped(field, "Kubernetes has no counterpart of this Docker option");
    }
  }
  return draft;
}
