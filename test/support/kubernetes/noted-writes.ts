import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";

/** A write that is about to be sent. */
export interface NotedWrite {
  readonly verb: "create" | "apply" | "patch" | "delete";
  readonly kind: KubeKind;
  readonly name: string;
  readonly subresource?: string;
  readonly isDryRun: boolean;
}

interface Options {
  readonly subresource?: string;
  readonly dryRun?: boolean;
}

/** The transport; `note` hears of each write first, and may throw to play a crash. */
export function noteWrites(
  transport: KubeTransport,
  note: (write: NotedWrite) => void,
): KubeTransport {
  const tell = (
    verb: NotedWrite["verb"],
    kind: KubeKind,
    name: string,
    { subresource, dryRun = false }: Options,
  ): void => {
    const rest = subresource === undefined ? {} : { subresource };
    note({ verb, kind, name, isDryRun: dryRun, ...rest });
  };
  return {
    get: (ref, options) => transport.get(ref, options),
    list: (selection, options) => transport.list(selection, options),
    watch: (selection, options) => transport.watch(selection, options),
    create: (kind, object, options) => {
      tell("create", kind, object.metadata.name, options);
      return transport.create(kind, object, options);
    },
    apply: (kind, object, options) => {
      tell("apply", kind, object.metadata.name, options);
      return transport.apply(kind, object, options);
    },
    patch: (ref, patch, options) => {
      tell("patch", ref.kind, ref.name, options);
      return transport.patch(ref, patch, options);
    },
    delete: (ref, options) => {
      tell("delete", ref.kind, ref.name, options);
      return transport.delete(ref, options);
    },
  };
}
