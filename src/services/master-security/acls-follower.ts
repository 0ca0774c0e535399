import { type Acls, NOTHING_ALLOWED } from "../../domain/authorization/acls.ts";
import { parseAcls, parseAclsText } from "../../domain/authorization/parse-acls.ts";
import { FollowedText, type ReadText } from "../../runtime/followed-text.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { ReferredTexts, SecuritySettings, SettingsSource } from "./ports.ts";

export interface AclsFollowerParts {
  readonly settings: SettingsSource;
  readonly texts: Pick<ReferredTexts, "acls">;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Authorization = SecuritySettings["security"]["authorization"];

/**
 * The ACLs that a MesosCluster asks for. A set that cannot be read is refused with the place of its fault, and the one that runs
 * stays; a master that begins with such a set lets nobody do anything.
 */
export class AclsFollower {
  readonly #parts: AclsFollowerParts;
  readonly #subscribers = new Set<() => void>();
  #acls: Acls | undefined;
  #asked: string | undefined;
  #followed: FollowedText<Acls | undefined> | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(parts: AclsFollowerParts) {
    this.#parts = parts;
  }

  current(): Acls | undefined {
    return this.#acls;
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => void this.#subscribers.delete(changed);
  }

  /** Resolves when what is asked for now has been looked at. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#parts.settings.subscribe(() => void this.#follow());
    const { authorization } = this.#parts.settings.current().security;
    if (asksForAcls(authorization)) this.#acls = NOTHING_ALLOWED;
    await this.#follow();
  }

  stop(): void {
    this.#unsubscribe();
    this.#followed?.stop();
  }

  async #follow(): Promise<void> {
    const { authorization } = this.#parts.settings.current().security;
    const asked = JSON.stringify(authorization);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#followed?.stop();
    this.#followed = undefined;
    const { acls, aclsConfigMapRef } = authorization;
    if (aclsConfigMapRef !== undefined) await this.#followText(aclsConfigMapRef);
    else if (acls === undefined) this.#use(undefined);
    else this.#useInline(acls);
  }

  #useInline(raw: unknown): void {
    const parsed = parseAcls(raw);
    if (parsed.ok) {
      this.#use(parsed.acls);
      return;
    }
    this.#parts.logger.error("The ACLs cannot be read; those that run stay.", {
      error: new Error(`spec.security.authorization.acls.${parsed.path}: ${parsed.message}`),
    });
  }

  async #followText(ref: { readonly name: string; readonly key: string }): Promise<void> {
    const { texts, clock, logger } = this.#parts;
    const followed = new FollowedText<Acls | undefined>({
      source: texts.acls(ref),
      read: readAcls,
      first: this.#acls,
      clock,
      logger,
    });
    this.#followed = followed;
    followed.subscribe(() => this.#use(followed.current()));
    await followed.start();
  }

  #use(acls: Acls | undefined): void {
    if (JSON.stringify(acls) === JSON.stringify(this.#acls)) return;
    this.#acls = acls;
    for (const changed of this.#subscribers) changed();
  }
}

function asksForAcls({ acls, aclsConfigMapRef }: Authorization): boolean {
  return acls !== undefined || aclsConfigMapRef !== undefined;
}

export function readAcls(text: string): ReadText<Acls> {
  const parsed = parseAclsText(text);
  return parsed.ok
    ? { ok: true, value: parsed.acls }
    : {
        ok: false,
        message: `acls${parsed.path === "" ? "" : `.${parsed.path}`}: ${parsed.message}`,
      };
}
