/** kubectl against one cluster, whoever runs it. */
export interface Kubectl {
  /** Standard output. @throws {ClusterError} when the command fails. */
  (args: readonly string[]): Promise<string>;
}

/** The JSON an object or list is answered as. */
export async function getJson(kubectl: Kubectl, args: readonly string[]): Promise<KubeJson> {
  return JSON.parse(await kubectl(["get", ...args, "-o", "json"])) as KubeJson;
}

export interface KubeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface KubeJson {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly items?: readonly KubeJson[];
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly KubeCondition[];
    readonly observedGeneration?: number | string;
    readonly [field: string]: unknown;
  };
}

/** The condition of that type, if the object has it. */
export function conditionOf(object: KubeJson, type: string): KubeCondition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}
