import type { AppDefinition } from "../../../api/marathon/app.ts";
import { checkRules } from "./check-rules.ts";
import { commandRules } from "./command-rules.ts";
import { constraintRules } from "./constraint-rules.ts";
import { networkRules } from "./network-rules.ts";
import { resourceRules } from "./resource-rules.ts";
import type { RuleContext } from "./rule-context.ts";
import type { Violation } from "./violation.ts";
import { volumeRules } from "./volume-rules.ts";

/**
 * Every broken rule of a canonical app, word for word as Marathon words them (marathon.md 4.8).
 * @see marathon@1.10 api/v2/validation/AppValidation.scala
 */
export function validateApp(app: AppDefinition, context: RuleContext): Violation[] {
  return [
    ...commandRules(app, context),
    ...networkRules(app),
    ...volumeRules(app),
    ...checkRules(app),
    ...constraintRules(app),
    ...resourceRules(app, context),
  ];
}
