import type { ManifestObject } from "./manifest.ts";

/** User and group of our images. */
export const NONROOT_ID = 65_532;

/** Passes Pod Security `restricted`. */
export const RESTRICTED_POD: ManifestObject = {
  runAsNonRoot: true,
  runAsUser: NONROOT_ID,
  runAsGroup: NONROOT_ID,
  fsGroup: NONROOT_ID,
  seccompProfile: { type: "RuntimeDefault" },
};

export const RESTRICTED_CONTAINER: ManifestObject = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Pod fields that every pod of ours has. */
export const POD_DEFAULTS: ManifestObject = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 35,
};

export const API_TOKEN_MOUNT: ManifestObject = {
  name: "api-token",
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
  readOnly: true,
};
export const TMP_MOUNT: ManifestObject = { name: "tmp", mountPath: "/tmp" };
export const TMP_VOLUME: ManifestObject = { name: "tmp", emptyDir: { sizeLimit: "16Mi" } };

/** What the kubelet would mount by itself, but with a token that ends after an hour. */
export const API_TOKEN_VOLUME: ManifestObject = {
  name: "api-token",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      {
        configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] },
      },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  },
};

/** A token for one audience, at `token` below where it is mounted. */
export function audienceTokenVolume(name: string, audience: string): ManifestObject {
  return {
    name,
    projected: {
      sources: [{ serviceAccountToken: { path: "token", audience, expirationSeconds: 3600 } }],
    },
  };
}

/** Environment variable from a field of the pod. */
export function fieldEnv(name: string, fieldPath: string): ManifestObject {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a memory quantity such as `1Gi`; undefined for a unit that memory is not written in. */
export function memoryBytes(quantity: string | number): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(String(quantity));
  const unit = UNIT_BYTES[match?.[2] ?? "none"];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

/**
 * Node's heap bound: 75 % of the memory limit, so that buffers and code fit beside it. Empty without a limit. The young generation is
 * bound too: left alone it grows by some 80 MiB under a stream of API answers, and is slower for it (O5 in the performance page).
 */
export function heapOption(memoryLimit: string | number | undefined): ManifestObject[] {
  const bytes = memoryLimit === undefined ? undefined : memoryBytes(memoryLimit);
  if (bytes === undefined) return [];
  const heapMiB = Math.floor((bytes * 0.75) / 2 ** 20);
  const value = `--max-old-space-size=${heapMiB} --max-semi-space-size=8`;
  return [{ name: "NODE_OPTIONS", value }];
}
