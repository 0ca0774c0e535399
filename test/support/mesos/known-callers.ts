import { parseCredentials } from "../../../src/domain/credentials/parse-credentials.ts";
import { secretMethods } from "../../../src/services/http-authentication/secret-methods.ts";
import type {
  Authentication,
  Realm,
} from "../../../src/services/offer-engine/http/authentication.ts";
import type { Clock } from "../../../src/runtime/ports/clock.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { SeededRandom } from "../seeded-random.ts";

const PEOPLE: readonly Realm[] = [
  "mesos-master-readonly",
  "mesos-master-readwrite",
  "mesos-master-scheduler",
];

/** Authentication by lines `principal:secret`. */
export function knownCallers(
  lines: string,
  options: { readonly realms?: readonly Realm[]; readonly clock?: Clock } = {},
): Authentication {
  const { realms = PEOPLE, clock = new SystemClock() } = options;
  const parsed = parseCredentials(lines);
  if (!parsed.ok) throw new Error(parsed.message);
  const { credentials } = parsed;
  const methods = secretMethods(() => credentials, { clock, random: new SeededRandom(7) });
  return { isRequired: (realm) => realms.includes(realm), methods: () => methods };
}
