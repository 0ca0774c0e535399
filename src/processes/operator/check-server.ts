import { CRD_SCHEMA_VERSION, SCHEMA_VERSION_ANNOTATION } from "../../api/crd/v1alpha1/kinds.ts";
import type { CustomKind } from "../../api/crd/v1alpha1/common/object.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { ApiClient } from "../../adapters/kubernetes/api-client.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeReader } from "../../runtime/ports/kube-transport.ts";

const MINOR_MIN = 30;

/**
 * Refuses a server that lacks what we stand on.
 * @throws {OperatingError} KUBE_TOO_OLD below 1.30, naming the features that are missing there.
 */
export async function checkServerVersion(client: ApiClient, signal: AbortSignal): Promise<void> {
  const version = await client.json<{ major: string; minor: string; gitVersion: string }>({
    method: "GET",
    verb: "get",
    path: "/version",
    repeatable: "idempotent",
    signal,
  });
  const [major, minor] = [Number.parseInt(version.major), Number.parseInt(version.minor)];
  if (major > 1 || (major === 1 && minor >= MINOR_MIN)) return;
  throw new OperatingError(
    "KUBE_TOO_OLD",
    `Kubernetes ${version.gitVersion} lacks stable pod schedulingGates and ValidatingAdmissionPolicy v1`,
  );
}

/**
 * Refuses CRDs that are missing or older than this operator understands.
 * @throws {OperatingError} CRD_SCHEMA_OLD naming the CRD.
 */
export async function checkCustomKinds(
  reader: Pick<KubeReader, "get">,
  kinds: readonly CustomKind[],
  signal: AbortSignal,
): Promise<void> {
  for (const { plural, group } of kinds) {
    const name = `${plural}.${group}`;
    const crd = await reader.get({ kind: KINDS.CustomResourceDefinition, name }, { signal });
    const stored = Number(crd?.metadata.annotations?.[SCHEMA_VERSION_ANNOTATION] ?? 0);
    if (stored < CRD_SCHEMA_VERSION) {
      throw new OperatingError(
        "CRD_SCHEMA_OLD",
        crd === undefined
          ? `the CustomResourceDefinition ${name} is not installed`
          : `the CustomResourceDefinition ${name} has schema version ${stored}; ${CRD_SCHEMA_VERSION} is needed`,
      );
    }
  }
}
