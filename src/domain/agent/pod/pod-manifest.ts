/** The Pod fields that the builder writes; the shape the API server takes. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: true;
  readonly mountPropagation?: "HostToContainer" | "Bidirectional";
}

export interface ContainerPort {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol: string;
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: {
    readonly type: "RuntimeDefault" | "Unconfined" | "Localhost";
    readonly localhostProfile?: string;
  };
}

export interface ContainerManifest {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent";
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env: readonly EnvVar[];
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly ports?: readonly ContainerPort[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly securityContext?: SecurityContext;
}

export type VolumeManifest = { readonly name: string } & (
  | { readonly emptyDir: { readonly medium?: "Memory"; readonly sizeLimit?: string } }
  | { readonly hostPath: { readonly path: string } }
  | { readonly persistentVolumeClaim: { readonly claimName: string } }
  | {
      readonly secret: {
        readonly secretName: string;
        readonly items?: readonly { readonly key: string; readonly path: string }[];
      };
    }
);

export interface PodManifest {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly finalizers: readonly string[];
    readonly ownerReferences: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    }[];
  };
  readonly spec: {
    readonly nodeName: string;
    readonly restartPolicy: "Never";
    readonly automountServiceAccountToken: false;
    readonly enableServiceLinks: false;
    readonly tolerations: readonly { readonly operator: "Exists"; readonly effect: "NoExecute" }[];
    readonly terminationGracePeriodSeconds: number;
    readonly hostNetwork?: true;
    readonly dnsPolicy?: "ClusterFirstWithHostNet" | "None";
    readonly dnsConfig?: DnsConfig;
    readonly hostname?: string;
    readonly hostAliases?: readonly {
      readonly ip: string;
      readonly hostnames: readonly string[];
    }[];
    readonly hostPID?: true;
    readonly hostIPC?: true;
    readonly shareProcessNamespace?: true;
    readonly priorityClassName?: string;
    readonly activeDeadlineSeconds?: number;
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly securityContext?: {
      readonly supplementalGroups?: readonly number[];
      readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
    };
    readonly containers: readonly ContainerManifest[];
    readonly volumes: readonly VolumeManifest[];
  };
}

export interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name: string; readonly value?: string }[];
}
