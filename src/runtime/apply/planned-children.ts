import type { Plan } from "../../api/crd/v1alpha1/common/common-status.ts";
import type { PreviewEntry } from "./preview.ts";

const CHILDREN_MAX = 100;
const BYTES_MAX = 32 * 1024;

/** `status.plan` of a preview, at most 32 KiB. */
export function plannedChildren(entries: readonly PreviewEntry[]): Plan {
  const children: Plan["children"] = [];
  let bytes = 0;
  for (const { target, action, changedPaths, restartsPods } of entries) {
    const [kind = "", path = ""] = target.split(" ");
    const child = {
      kind,
      name: path.split("/").at(-1) ?? path,
      action,
      ...(changedPaths.length === 0
        ? {}
        : { paths: changedPaths.map((changed) => changed.slice(0, 256)) }),
      restartsPods,
    };
    bytes += JSON.stringify(child).length;
    if (bytes > BYTES_MAX || children.length >= CHILDREN_MAX) return { children, truncated: true };
    children.push(child);
  }
  return { children };
}
