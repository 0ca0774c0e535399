import type { NormalizeConfig } from "../../domain/marathon/normalize/normalize-config.ts";
import type { Feature } from "../../domain/marathon/rules/rule-context.ts";
import type { PortRange } from "../../domain/marathon/decide/service-ports.ts";

/** What the installation decides, by Marathon's own flag names where they exist. */
export interface ApiSettings {
  readonly normalize: NormalizeConfig;
  readonly features: ReadonlySet<Feature>;
  readonly servicePorts: PortRange;
  /** Namespace of new apps, unless `groupNamespaces` names one for their top-level group. */
  readonly namespace: string;
  readonly groupNamespaces: Readonly<Record<string, string>>;
  /** MesosCluster of new apps; absent: the only one in their namespace. */
  readonly cluster?: string;
  readonly strict: boolean;
  readonly deploymentsMax: number;
  readonly requestsMax: number;
  /** `user:password`; absent: everybody may do everything. */
  readonly credentials?: string;
  readonly basePath?: string;
  /** `http://host:port` under which clients reach us. */
  readonly address: string;
  readonly info: InfoSettings;
}

/** Values that `/v2/info` shows and nothing else reads. */
export interface InfoSettings {
  readonly httpPort: number;
  readonly hostname: string;
  readonly webuiUrl?: string;
  readonly envPrefix?: string;
}
