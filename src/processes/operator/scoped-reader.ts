import type { KubeTransport, Selection } from "../../runtime/ports/kube-transport.ts";

export interface Scope {
  /** Only namespaced objects of this namespace; absent: all. */
  readonly namespace?: string | undefined;
  /** Only objects of our kinds with this value of `orchestrator.io/instance`; absent: those without selection. */
  readonly instance?: string | undefined;
}

function narrowed(selection: Selection, { namespace, instance }: Scope): Selection {
  const { kind } = selection;
  const chosen =
    instance !== undefined && kind.group === "orchestrator.io"
      ? `orchestrator.io/instance=${instance}`
      : undefined;
  const labels = [selection.labelSelector, chosen].filter((text) => text !== undefined);
  return {
    ...selection,
    ...(namespace !== undefined && kind.namespaced && selection.namespace === undefined
      ? { namespace }
      : {}),
    ...(labels.length === 0 ? {} : { labelSelector: labels.join(",") }),
  };
}

/** The transport with lists and watches narrowed to what this operator looks after. */
export function scopeTransport(transport: KubeTransport, scope: Scope): KubeTransport {
  return {
    get: (ref, options) => transport.get(ref, options),
    list: (selection, options) => transport.list(narrowed(selection, scope), options),
    watch: (selection, options) => transport.watch(narrowed(selection, scope), options),
    create: (kind, object, options) => transport.create(kind, object, options),
    apply: (kind, object, options) => transport.apply(kind, object, options),
    patch: (ref, patch, options) => transport.patch(ref, patch, options),
    delete: (ref, options) => transport.delete(ref, options),
  };
}
