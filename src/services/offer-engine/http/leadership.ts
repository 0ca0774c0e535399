import type { EngineHost } from "../serve/engine-host.ts";

/** What this master may answer now. */
export type Leadership =
  | { readonly kind: "leading"; readonly host: EngineHost }
  /** Leader, the Registry is not read yet. */
  | { readonly kind: "recovering" }
  /** `leader`: host and port as clients reach it; undefined while unknown. */
  | { readonly kind: "standby"; readonly leader: LeaderAddress | undefined };

export interface LeaderAddress {
  readonly hostname: string;
  readonly port: number;
}
