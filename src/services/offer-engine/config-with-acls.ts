import type { Acls } from "../../domain/authorization/acls.ts";
import type { ClusterConfig, ClusterConfigSource } from "./ports.ts";

/** ACLs that may change. */
export interface AclsSource {
  current(): Acls | undefined;
  subscribe(changed: () => void): () => void;
}

/** A configuration with the ACLs that hold besides; changes when either does. */
export function configWithAcls(base: ClusterConfigSource, acls: AclsSource): ClusterConfigSource {
  let made: { readonly config: ClusterConfig; readonly acls: Acls | undefined } | undefined;
  let whole: ClusterConfig | undefined;
  return {
    current: () => {
      const now = { config: base.current(), acls: acls.current() };
      if (whole === undefined || made?.config !== now.config || made.acls !== now.acls) {
        made = now;
        whole = Object.freeze(
          now.acls === undefined ? now.config : { ...now.config, acls: now.acls },
        );
      }
      return whole;
    },
    subscribe: (changed) => {
      const ends = [base.subscribe(changed), acls.subscribe(changed)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
