import type { AppDefinition } from "../../../api/marathon/app.ts";
import { requestedPorts } from "../app/app-facts.ts";

/** Service ports are given from [min, max). */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export const SERVICE_PORTS: PortRange = { min: 10_000, max: 20_000 };

/**
 * The service port of each of the app's ports: the declared one, else the one it had, else the lowest that nobody uses. 0
 * when the range is used up.
 * @param earlier ports of the app before, by position
 * @param used ports of all other apps
 */
export function assignServicePorts(
  app: AppDefinition,
  earlier: readonly number[],
  used: ReadonlySet<number>,
  range: PortRange = SERVICE_PORTS,
): number[] {
  const requested = requestedPorts(app);
  const taken = new Set([...used, ...requested.map(({ servicePort }) => servicePort)]);
  let next = range.min;
  return requested.map(({ servicePort }, i) => {
    if (servicePort !== 0) return servicePort;
    const before = earlier[i] ?? 0;
    if (before !== 0 && !taken.has(before)) {
      taken.add(before);
      return before;
    }
    while (next < range.max && taken.has(next)) next += 1;
    if (next >= range.max) return 0;
    taken.add(next);
    return next;
  });
}
