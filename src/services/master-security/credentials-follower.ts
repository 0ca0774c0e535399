import { type Credentials, parseCredentials } from "../../domain/credentials/parse-credentials.ts";
import { FollowedText, type ReadText } from "../../runtime/followed-text.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { ReferredTexts, SettingsSource } from "./ports.ts";

const NO_CREDENTIALS: Credentials = new Map();

export interface CredentialsFollowerParts {
  readonly settings: SettingsSource;
  readonly texts: Pick<ReferredTexts, "credentials">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The credentials in the Secret that a MesosCluster names, followed as it is rotated or another is named. */
export class CredentialsFollower {
  readonly #parts: CredentialsFollowerParts;
  #name: string | undefined;
  #followed: FollowedText<Credentials> | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(parts: CredentialsFollowerParts) {
    this.#parts = parts;
  }

  /** Whether a Secret is named at all. */
  get isAsked(): boolean {
    return this.#name !== undefined;
  }

  current(): Credentials {
    return this.#followed?.current() ?? NO_CREDENTIALS;
  }

  /** Resolves when the Secret that is named now has been looked at. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#parts.settings.subscribe(() => void this.#follow());
    await this.#follow();
  }

  stop(): void {
    this.#unsubscribe();
    this.#followed?.stop();
  }

  async #follow(): Promise<void> {
    const { settings, texts, clock, logger } = this.#parts;
    const name = settings.current().security.authentication.credentialsSecretRef?.name;
    if (name === this.#name) return;
    this.#name = name;
    const first = this.current();
    this.#followed?.stop();
    this.#followed = undefined;
    if (name === undefined) return;
    // Until the other Secret has been read, the one before counts.
    const source = texts.credentials(name);
    this.#followed = new FollowedText({ source, read: readCredentials, first, clock, logger });
    await this.#followed.start();
  }
}

export function readCredentials(text: string): ReadText<Credentials> {
  const parsed = parseCredentials(text);
  return parsed.ok ? { ok: true, value: parsed.credentials } : parsed;
}
