import type { Acls } from "../../domain/authorization/acls.ts";
import { asksForCredentials } from "../../domain/credentials/required-realms.ts";
import type { Credentials } from "../../domain/credentials/parse-credentials.ts";
import type { RateLimits } from "../../domain/rate-limits/rate-limits.ts";
import type { Authenticator } from "../../runtime/ports/authenticator.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { AclsFollower } from "./acls-follower.ts";
import { CredentialsFollower } from "./credentials-follower.ts";
import { limitsOfSpec } from "./limits-of-spec.ts";
import type { ReferredTexts, SettingsSource } from "./ports.ts";

export interface ClusterSecurityParts {
  readonly settings: SettingsSource;
  readonly texts: ReferredTexts;
  /** Those that know callers by the credentials that hold now. */
  readonly secretMethods: (credentials: () => Credentials) => readonly Authenticator[];
  readonly tokenMethod: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who may talk to the masters of a MesosCluster, how often, and what they may do; followed live. */
export class ClusterSecurity {
  readonly acls: AclsFollower;
  readonly #settings: SettingsSource;
  readonly #credentials: CredentialsFollower;
  readonly #secretMethods: readonly Authenticator[];
  readonly #tokenMethod: Authenticator;
  #limitsText = "";
  #limits: RateLimits;

  constructor(parts: ClusterSecurityParts) {
    this.#settings = parts.settings;
    this.acls = new AclsFollower(parts);
    this.#credentials = new CredentialsFollower(parts);
    this.#secretMethods = parts.secretMethods(() => this.#credentials.current());
    this.#tokenMethod = parts.tokenMethod;
    this.#limits = limitsOfSpec(this.#settings.current().security);
  }

  /** Resolves when everything that is referred to has been looked at. */
  async start(): Promise<void> {
    await Promise.all([this.acls.start(), this.#credentials.start()]);
  }

  stop(): void {
    this.acls.stop();
    this.#credentials.stop();
  }

  isRequired(realm: string): boolean {
    const { security, flags } = this.#settings.current();
    return asksForCredentials({ mode: security.authentication.mode, flags }, realm);
  }

  methods(): readonly Authenticator[] {
    const { serviceAccountTokens } = this.#settings.current().security.authentication;
    return [
      ...(this.#credentials.isAsked ? this.#secretMethods : []),
      ...(serviceAccountTokens ? [this.#tokenMethod] : []),
    ];
  }

  /** The same object until the limits change. */
  rateLimits(): RateLimits {
    const { principals, rateLimitDefault } = this.#settings.current().security;
    const text = JSON.stringify([principals, rateLimitDefault ?? null]);
    if (text !== this.#limitsText) {
      this.#limitsText = text;
      this.#limits = limitsOfSpec({ principals, rateLimitDefault });
    }
    return this.#limits;
  }

  currentAcls(): Acls | undefined {
    return this.acls.current();
  }
}
