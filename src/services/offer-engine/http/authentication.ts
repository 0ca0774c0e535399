import type { Authenticator } from "../../../runtime/ports/authenticator.ts";

/** What is asked for credentials by itself (Mesos flags `authenticate_http_{readonly,readwrite,frameworks}`, `authenticate_agents`). */
export type Realm =
  | "mesos-master-readonly"
  | "mesos-master-readwrite"
  | "mesos-master-scheduler"
  | "mesos-master-agent";

/** Which realms ask who is there, and how it can be told; may change at any time. */
export interface Authentication {
  isRequired(realm: Realm): boolean;
  /** In order of preference; each is offered by a WWW-Authenticate header of its own. */
  methods(): readonly Authenticator[];
}

export const NO_AUTHENTICATION: Authentication = {
  isRequired: () => false,
  methods: () => [],
};
