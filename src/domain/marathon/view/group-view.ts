import type { AppInfo } from "../../../api/marathon/answers.ts";
import { isWithin, parentPath, pathSegments } from "../app/app-path.ts";

/** A group as GET answers it; groups exist because apps are in them. */
export interface GroupInfo {
  readonly id: string;
  readonly apps: readonly AppInfo[];
  readonly pods: readonly never[];
  readonly groups: readonly GroupInfo[];
  readonly dependencies: readonly string[];
  readonly version: string;
  readonly enforceRole: boolean;
}

/** Groups right below `group` that apps are in, sorted. */
function childGroups(group: string, apps: readonly AppInfo[]): string[] {
  const depth = pathSegments(group).length;
  const below = apps
    .map(({ id }) => parentPath(id))
    .filter((path) => path !== group && isWithin(path, group))
    .map(
      (path) =>
        `/${pathSegments(path)
          .slice(0, depth + 1)
          .join("/")}`,
    );
  return [...new Set(below)].toSorted();
}

/** The tree below `id`, computed from the apps; its version is the newest of theirs. `undefined` when nothing is there. */
export function groupInfo(id: string, apps: readonly AppInfo[]): GroupInfo | undefined {
  const inside = apps.filter((app) => app.id !== id && isWithin(app.id, id));
  if (inside.length === 0 && id !== "/") return undefined;
  const versions = inside.map(({ version }) => version).toSorted();
  return {
    id,
    apps: inside.filter((app) => parentPath(app.id) === id),
    pods: [],
    groups: childGroups(id, inside)
      .map((child) => groupInfo(child, inside))
      .filter((child) => child !== undefined),
    dependencies: [],
    version: versions.at(-1) ?? "1970-01-01T00:00:00.000Z",
    enforceRole: false,
  };
}
