import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { KubeList, KubeReader, Selection } from "../ports/kube-transport.ts";

const PAGE_OBJECTS = 500;
const RESTARTS_MAX = 3;

/**
 * Everything in a selection, in pages of 500. When a page's continuation has expired the list starts over, three times at most;
 * then one unpaged list, which cannot expire.
 */
export async function listInPages<T extends KubeObject>(
  reader: KubeReader,
  selection: Selection,
  signal: AbortSignal,
): Promise<KubeList<T>> {
  for (let restarts = 0; restarts <= RESTARTS_MAX; restarts += 1) {
    try {
      return await listAllPages<T>(reader, selection, signal);
    } catch (error) {
      if (!isOperatingError(error, "KUBE_GONE")) throw error;
    }
  }
  return reader.list<T>(selection, { signal });
}

async function listAllPages<T extends KubeObject>(
  reader: KubeReader,
  selection: Selection,
  signal: AbortSignal,
): Promise<KubeList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const page: KubeList<T> = await reader.list<T>(selection, {
      limit: PAGE_OBJECTS,
      ...(next === undefined ? {} : { continue: next }),
      signal,
    });
    items.push(...page.items);
    if (page.continue === undefined) return { items, resourceVersion: page.resourceVersion };
    next = page.continue;
  }
}
