import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { Selection } from "../../../src/runtime/ports/kube-transport.ts";
import { matchesLabels } from "./label-selector.ts";

/** Whether an object of the right kind is of the selection: namespace, labels, fields. */
export function isSelected(selection: Selection, object: KubeObject): boolean {
  const { namespace, labelSelector, fieldSelector } = selection;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (!matchesLabels(labelSelector, object.metadata.labels)) return false;
  return (fieldSelector ?? "")
    .split(",")
    .filter((term) => term !== "")
    .every((term) => matchesField(term, object));
}

/** `a.b=value`; a field that is not there is "". */
function matchesField(term: string, object: KubeObject): boolean {
  const [path = "", value = ""] = term.split("=");
  let at: unknown = object;
  for (const step of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[step];
  return (typeof at === "string" ? at : "") === value;
}
