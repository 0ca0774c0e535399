/** The real Kubernetes that tests and `npm start` run on. */
export type { Cluster, ClusterNode, ClusterOptions, KubectlOptions } from "./cluster.ts";
export { startCluster } from "./start-cluster.ts";
export { stopClusterByName, type StopOutcome } from "./stop-cluster.ts";
export { defaultStateDir, judgeLife, type ClusterLife } from "./claim-state.ts";
export { detectTier, decideTier, type Tier, type TierDecision, type MachineFacts } from "./tier.ts";
export { ensureBinaries, type Binaries } from "./binaries/ensure-binaries.ts";
export { unitsOfGroup, type BinaryGroup, type UnitId } from "./binaries/units.ts";
export { ensureBusyboxImage, ensurePauseImage, busyboxImage } from "./images/test-images.ts";
export { ensureNodeBaseImage, nodeBaseImage } from "./images/base-image.ts";
export { ensureRuntimeBaseImage, runtimeBaseImage } from "./images/runtime-base-image.ts";
export { buildImage, type BuildImageOptions, type ImageTarget } from "./images/product-image.ts";
export type { BuiltImage, ImageOptions } from "./images/image-store.ts";
export { ClusterError } from "./host/cluster-error.ts";
export { createProgress, silentProgress, type Progress } from "./host/progress.ts";
export {
  createAuthority,
  issueCertificate,
  type CertificateAuthority,
  type CertificateRequest,
  type KeyedCertificate,
} from "./pki/certificate.ts";
