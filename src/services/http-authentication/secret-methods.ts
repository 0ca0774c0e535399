import type { Credentials } from "../../domain/credentials/parse-credentials.ts";
import type { Authenticator } from "../../runtime/ports/authenticator.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { BasicAuthenticator } from "./basic-authenticator.ts";
import { FailureLimit } from "./failure-limit.ts";
import { ScramAuthenticator } from "./scram-authenticator.ts";

/** The methods that know their callers by a list of secrets. Wrong ones count together, whatever the method. */
export function secretMethods(
  credentials: () => Credentials,
  parts: { readonly clock: Clock; readonly random: Random },
): readonly Authenticator[] {
  const failures = new FailureLimit(parts.clock);
  return [
    new BasicAuthenticator(credentials, failures, parts.clock),
    new ScramAuthenticator(credentials, failures, parts),
  ];
}
