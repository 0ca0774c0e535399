import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { listKeyOf } from "../../../src/runtime/apply/list-keys.ts";
import { cloneJson } from "./clone-json.ts";

type Tree = Record<string, unknown>;

/** Leaves of an applied object by path; atomic lists are leaves, list maps are walked by key. */
export function leavesOf(value: unknown, path = "", field = ""): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  collect(value, path, field, leaves);
  return leaves;
}

function collect(value: unknown, path: string, field: string, leaves: Map<string, unknown>): void {
  if (Array.isArray(value)) {
    const keys = value.map((element) => listKeyOf(field, element));
    if (value.length > 0 && keys.every((key) => key !== undefined)) {
      value.forEach((element, index) =>
        collect(element, `${path}[${escape(keys[index]!)}]`, "", leaves),
      );
      return;
    }
    leaves.set(path, value);
    return;
  }
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    for (const [name, inner] of Object.entries(value)) {
      collect(inner, `${path}/${escape(name)}`, name, leaves);
    }
    return;
  }
  leaves.set(path, value);
}

/** Which manager applied which leaves of one object, with server-side apply's rules for conflicts and removal. */
export class FieldOwnership {
  readonly #leaves = new Map<string, Map<string, unknown>>();

  /**
   * The live object after `manager` applied `wanted`.
   * @throws {OperatingError} KUBE_APPLY_CONFLICT when another manager applied another value and `force` is off.
   */
  apply(live: Tree, wanted: Tree, manager: string, force: boolean): Tree {
    const leaves = leavesOf(wanted);
    const conflicts = this.#conflicts(leaves, manager);
    if (conflicts.length > 0 && !force) {
      throw new OperatingError("KUBE_APPLY_CONFLICT", "Apply failed with conflicts", {
        details: {
          managers: conflicts.map(([other]) => other),
          fields: conflicts.map(([, path]) => unescape(path.replaceAll("/", "."))),
        },
      });
    }
    for (const [other, path] of conflicts) this.#leaves.get(other)?.delete(path);
    const result = cloneJson(live);
    const kept = [...leaves.keys(), ...this.#ofOthers(manager)];
    for (const path of this.#leaves.get(manager)?.keys() ?? []) {
      if (!kept.includes(path)) removePath(result, outermostUnowned(path, kept));
    }
    merge(result, wanted);
    this.#leaves.set(manager, leaves);
    return result;
  }

  copy(): FieldOwnership {
    const copy = new FieldOwnership();
    for (const [manager, leaves] of this.#leaves) copy.#leaves.set(manager, new Map(leaves));
    return copy;
  }

  managers(): readonly string[] {
    return [...this.#leaves.keys()];
  }

  #conflicts(leaves: Map<string, unknown>, manager: string): (readonly [string, string])[] {
    const found: (readonly [string, string])[] = [];
    for (const [other, owned] of this.#leaves) {
      if (other === manager) continue;
      for (const [path, value] of leaves) {
        if (owned.has(path) && JSON.stringify(owned.get(path)) !== JSON.stringify(value)) {
          found.push([other, path]);
        }
      }
    }
    return found;
  }

  #ofOthers(manager: string): readonly string[] {
    return [...this.#leaves].flatMap(([other, owned]) =>
      other === manager ? [] : [...owned.keys()],
    );
  }
}

/** The element of a keyed list that a leaf is in, when nobody owns anything of it any more; else the leaf. */
function outermostUnowned(path: string, kept: readonly string[]): string {
  for (let end = path.indexOf("]]"); end >= 0; end = path.indexOf("]]", end + 2)) {
    const element = path.slice(0, end + 2);
    if (!kept.some((owned) => owned.startsWith(element))) return element;
  }
  return path;
}

function merge(live: Tree, wanted: Tree): void {
  for (const [name, value] of Object.entries(wanted)) {
    const present = live[name];
    if (isTree(value) && isTree(present)) merge(present, value);
    else if (Array.isArray(value) && Array.isArray(present))
      live[name] = mergeList(present, value, name);
    else live[name] = cloneJson(value);
  }
}

/** Elements in the order in which they are wanted; those of others keep their places between them. */
function mergeList(live: readonly unknown[], wanted: readonly unknown[], field: string): unknown[] {
  const keys = wanted.map((element) => listKeyOf(field, element));
  if (keys.some((key) => key === undefined)) return cloneJson([...wanted]);
  const left = live.map((element) => ({ key: listKeyOf(field, element), element }));
  const result: unknown[] = [];
  const passOthers = (): void => {
    while (left.length > 0 && !keys.includes(left[0]!.key)) result.push(left.shift()!.element);
  };
  wanted.forEach((element, index) => {
    passOthers();
    const at = left.findIndex(({ key }) => key === keys[index]);
    const merged = cloneJson(at < 0 ? {} : left.splice(at, 1)[0]!.element) as Tree;
    merge(merged, element as Tree);
    result.push(merged);
  });
  passOthers();
  return result;
}

/** Removes a leaf, and the containers that it leaves empty. */
function removePath(root: Tree, path: string): void {
  const steps = path.split("/").slice(1);
  const walk = (at: Tree, depth: number): boolean => {
    const step = steps[depth]!;
    const [name, key] = splitKey(step);
    if (key !== undefined && Array.isArray(at[name])) {
      const list = at[name] as Tree[];
      const index = list.findIndex((element) => listKeyOf(name, element) === key);
      if (index >= 0 && (depth === steps.length - 1 || walk(list[index]!, depth + 1))) {
        list.splice(index, 1);
      }
      if (list.length > 0) return false;
    } else if (depth < steps.length - 1) {
      if (!isTree(at[name]) || !walk(at[name], depth + 1)) return false;
    }
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a JSON object, addressed by path
    delete at[name];
    return Object.keys(at).length === 0;
  };
  walk(root, 0);
}

function splitKey(step: string): readonly [string, string | undefined] {
  const open = step.indexOf("[[");
  return open < 0
    ? [unescape(step), undefined]
    : [step.slice(0, open), unescape(step.slice(open + 1, -1))];
}

/** Names of annotations and keys of lists may have slashes, as a JSON pointer's. */
function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function unescape(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
