import type { Tier } from "./tier.ts";
import type { CommandResult } from "./host/run-command.ts";
import type { Progress } from "./host/progress.ts";
import type { CertificateRequest, KeyedCertificate } from "./pki/certificate.ts";

export interface ClusterOptions {
  /** Default: the best the machine allows. Asking for more than that is an error, never a skip. */
  readonly tier?: Tier;
  /** One cluster of a name at a time. Default `default`. */
  readonly name?: string;
  /** Real nodes in tier `nodes`. Default 2, at most 200. */
  readonly nodes?: number;
  /** Simulated nodes beside them. Default 0; thousands are fine. */
  readonly kwokNodes?: number;
  /** Keeps pods without a toleration off simulated nodes. Default: only when real ones exist. */
  readonly isKwokTainted?: boolean;
  /** Size of one simulated node. */
  readonly kwokCpus?: number;
  readonly kwokMemoryGiB?: number;
  readonly kwokPodsMax?: number;
  /** Default: a folder named for the cluster below the temporary folder. */
  readonly stateDir?: string;
  readonly cacheDir?: string;
  /** Writes the API server's audit log (level Metadata). Default false. */
  readonly hasAuditLog?: boolean;
  /** A node that is silent for this long is no longer Ready. Default 40, at least 4. */
  readonly nodeGraceSeconds?: number;
  /** Pods leave a node that is not Ready after this time. Default 300. */
  readonly evictionSeconds?: number;
  /**
   * CustomResourceDefinitions, as YAML, that are served before the controllers start. The garbage collector looks
   * for kinds that came later only every 30 s: until then nothing that such an object owns goes with it.
   */
  readonly crds?: readonly string[];
  /** More flags by process name, for example `{ "kube-apiserver": ["--v=2"] }`. */
  readonly extraArgs?: Readonly<Record<string, readonly string[]>>;
  /** Leaves the cluster running when this process ends. Default false. */
  readonly isDetached?: boolean;
  readonly progress?: Progress;
  /** Aborting stops a start that is under way, and the cluster afterwards. */
  readonly signal?: AbortSignal;
}

/** A running cluster. */
export interface Cluster {
  readonly name: string;
  readonly tier: Tier;
  readonly stateDir: string;
  /** File with full rights (group `system:masters`); also `KUBECONFIG` for programs under test. */
  readonly kubeconfigPath: string;
  /** The same, as text: JSON, which is YAML too. */
  readonly adminKubeconfig: string;
  readonly apiServerUrl: string;
  /** Authority of every certificate in the cluster. */
  readonly authorityPem: string;
  /** Real nodes. */
  readonly nodes: readonly ClusterNode[];
  /** Names of simulated nodes. */
  readonly simulatedNodes: readonly string[];
  /** The host as pods and nodes see it; absent in tier `control-plane`. */
  readonly hostIp?: string;
  readonly auditLogPath?: string;
  /** Folders with the built binaries, kubectl and its Rollouts plug-in among them. */
  readonly binaryFolders: readonly string[];

  /** @throws {ClusterError} when kubectl fails. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** The same, but hands back failures too. */
  tryKubectl(args: readonly string[], options?: KubectlOptions): Promise<CommandResult>;
  /** Applies objects server-side; YAML or JSON text, or any values. */
  apply(manifest: string | object): Promise<void>;
  /** A client certificate that the API server accepts. */
  issueCertificate(request: CertificateRequest): KeyedCertificate;
  /** A kubeconfig for any user and groups, in a file. */
  writeKubeconfig(user: string, groups?: readonly string[]): string;

  /** Imports an image archive (or what `buildImage` handed back) into every real node. */
  loadImage(image: string | { readonly archive: string }): Promise<void>;
  /** Takes a node off the network: it becomes NotReady after `nodeGraceSeconds`. */
  cutNode(name: string): Promise<void>;
  healNode(name: string): Promise<void>;
  /** Names of the processes that make up the cluster, in the order of their start. */
  processNames(): readonly string[];
  /** Kills one of them, as a crash would. */
  killProcess(name: string): Promise<void>;
  /** Starts it (again) with the same command line. */
  restartProcess(name: string): Promise<void>;
  /** Removes everything from the machine. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ClusterNode {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly containerdSocket: string;
}

export interface KubectlOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}
