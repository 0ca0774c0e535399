import type { ObjectKey } from "../../runtime/kube/kube-object.ts";

/**
 * Service ports that were given to apps and are not in the cache yet, so that two apps looked at in the same moment do not
 * get one port. Survives no restart: a port is told in the status before it is used.
 */
export class ServicePortClaims {
  readonly #owners = new Map<number, ObjectKey>();

  /** Ports claimed by any other app. */
  ofOthers(key: ObjectKey): number[] {
    return [...this.#owners].filter(([, owner]) => owner !== key).map(([port]) => port);
  }

  /** False when another app was faster; then nothing is claimed and the app is looked at again. */
  claim(key: ObjectKey, ports: readonly number[]): boolean {
    const given = ports.filter((port) => port !== 0);
    if (given.some((port) => (this.#owners.get(port) ?? key) !== key)) return false;
    for (const port of given) this.#owners.set(port, key);
    return true;
  }

  /** The app is gone, or its status tells its ports by now. */
  release(key: ObjectKey): void {
    for (const [port, owner] of this.#owners) if (owner === key) this.#owners.delete(port);
  }
}
