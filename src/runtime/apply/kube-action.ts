import type { KubeKind, KubeRef } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { DeleteOptions, KubePatch } from "../ports/kube-transport.ts";

/** A write as data. Plans are lists of these: countable, comparable, loggable. */
export type KubeAction =
  | {
      readonly kind: "apply";
      readonly target: KubeKind;
      /** Exactly the fields we decide. */
      readonly desired: KubeObject;
      /** What the cache shows, to leave out the request when it holds `desired` already. */
      readonly live?: KubeObject;
      readonly fieldManager?: string;
      /** Default true. */
      readonly force?: boolean;
      /** True: the write loses (KUBE_CONFLICT) when the object is not as `live` by then. Default false. */
      readonly mustBeUnchanged?: boolean;
    }
  | {
      readonly kind: "delete";
      readonly target: KubeKind;
      /** The object that was looked at: its UID and resourceVersion are the precondition. */
      readonly live: KubeObject;
      readonly propagation?: DeleteOptions["propagation"];
      readonly gracePeriodSeconds?: number;
    }
  | {
      readonly kind: "patch";
      readonly target: KubeRef;
      /** Carries its own precondition (a `replace` or a `metadata.resourceVersion`). */
      readonly patch: KubePatch;
      readonly fieldManager?: string;
      readonly subresource?: string;
    };

/** `StatefulSet ns/name`, for logs and plans. */
export function describeTarget(action: KubeAction): string {
  if (action.kind === "patch") {
    const { kind, namespace, name } = action.target;
    return `${kind.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  }
  const { metadata } = action.kind === "apply" ? action.desired : action.live;
  const { namespace, name } = metadata;
  return `${action.target.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
