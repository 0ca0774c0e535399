import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { AddressPlan } from "../address-plan.ts";
import {
  createAuthority,
  issueCertificate,
  type CertificateAuthority,
  type CertificateRequest,
  type KeyedCertificate,
} from "./certificate.ts";

/** Certificate files of one cluster. Paths, because the components read files. */
export interface ClusterCertificates {
  readonly authority: CertificateAuthority;
  readonly authorityFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
  readonly apiServer: CertificateFiles;
  /** What the API server shows to kubelets. */
  readonly kubeletClient: CertificateFiles;
  readonly admin: KeyedCertificate;
  readonly controllerManager: KeyedCertificate;
  readonly scheduler: KeyedCertificate;
  readonly proxy: KeyedCertificate;
  readonly dns: KeyedCertificate;
  readonly kubelets: ReadonlyMap<string, KubeletCertificates>;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface KubeletCertificates {
  readonly client: KeyedCertificate;
  readonly serving: CertificateFiles;
}

/** Issues everything a cluster needs into `folder`. */
export function createClusterCertificates(folder: string, plan: AddressPlan): ClusterCertificates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = createAuthority("orchestrator-test-ca");
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const files = (name: string, request: CertificateRequest): CertificateFiles => {
    const issued = issueCertificate(authority, request);
    return {
      certificateFile: write(`${name}.crt`, issued.certificatePem),
      keyFile: write(`${name}.key`, issued.keyPem),
    };
  };
  const client = (commonName: string, ...organizations: string[]): KeyedCertificate =>
    issueCertificate(authority, { commonName, organizations });
  const serviceAccount = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    authority,
    authorityFile: write("ca.crt", authority.certificatePem),
    serviceAccountKeyFile: write(
      "service-account.key",
      serviceAccount.privateKey.export({ type: "sec1", format: "pem" }).toString(),
    ),
    serviceAccountPublicKeyFile: write(
      "service-account.pub",
      serviceAccount.publicKey.export({ type: "spki", format: "pem" }).toString(),
    ),
    apiServer: files("api-server", { commonName: "kube-apiserver", hosts: apiServerHosts(plan) }),
    kubeletClient: files("kubelet-client", {
      commonName: "kube-apiserver-kubelet-client",
      organizations: ["system:masters"],
    }),
    admin: client("admin", "system:masters"),
    controllerManager: client("system:kube-controller-manager"),
    scheduler: client("system:kube-scheduler"),
    proxy: client("system:kube-proxy"),
    dns: client("system:coredns"),
    kubelets: new Map(
      plan.nodes.map((node) => [
        node.name,
        {
          client: client(`system:node:${node.name}`, "system:nodes"),
          serving: files(node.name, { commonName: node.name, hosts: [node.name, node.ip] }),
        },
      ]),
    ),
  };
}

function apiServerHosts(plan: AddressPlan): string[] {
  return [
    "localhost",
    hostname(),
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "127.0.0.1",
    plan.hostIp,
    plan.apiServiceIp,
  ];
}
