import { NO_AUTHENTICATION } from "../../../src/services/offer-engine/http/authentication.ts";
import type { MasterServiceParts } from "../../../src/services/offer-engine/master-service.ts";

/** What masters of tests have in common: no flags, no authentication, as lenient as the product begins. */
export const MASTER_DEFAULTS = {
  version: "1.11.0",
  flags: {},
  authentication: NO_AUTHENTICATION,
  lenientInput: true,
  hasTrailingBeat: true,
} satisfies Partial<MasterServiceParts>;
