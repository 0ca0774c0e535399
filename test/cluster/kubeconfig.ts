import { writeFileSync } from "node:fs";
import type { KeyedCertificate } from "./pki/certificate.ts";

export interface KubeconfigInputs {
  readonly server: string;
  readonly authorityPem: string;
  readonly user: string;
  readonly certificate: KeyedCertificate;
  readonly namespace?: string;
}

/** A kubeconfig with everything inside. JSON, which is YAML too. */
export function formatKubeconfig(inputs: KubeconfigInputs): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const context = { cluster: "orchestrator", user: inputs.user };
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "orchestrator",
      clusters: [
        {
          name: "orchestrator",
          cluster: {
            server: inputs.server,
            "certificate-authority-data": base64(inputs.authorityPem),
          },
        },
      ],
      users: [
        {
          name: inputs.user,
          user: {
            "client-certificate-data": base64(inputs.certificate.certificatePem),
            "client-key-data": base64(inputs.certificate.keyPem),
          },
        },
      ],
      contexts: [
        {
          name: "orchestrator",
          context: inputs.namespace ? { ...context, namespace: inputs.namespace } : context,
        },
      ],
    },
    undefined,
    2,
  )}\n`;
}

export function writeKubeconfig(path: string, inputs: KubeconfigInputs): string {
  writeFileSync(path, formatKubeconfig(inputs), { mode: 0o600 });
  return path;
}
