import { fingerprint } from "../../manifests/fingerprint.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import {
  BLOCKED_ANNOTATION,
  ROLLED_ANNOTATION,
  TEMPLATE_MARK_ANNOTATION,
  TEMPLATE_REVISION_ANNOTATION,
  TEMPLATE_REVISION_LATEST,
} from "./names.ts";
import type { LiveChild, LiveRevision } from "./observed.ts";
import type { RollStep } from "./roll.ts";

/** The template to apply, and the annotations of the set that remember how its rolling went. */
export interface ChosenTemplate {
  readonly template: ManifestObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** The wanted template failed; an older one is kept until the spec asks for another. */
  readonly blocked: boolean;
}

interface Input {
  readonly wanted: ManifestObject;
  readonly live: LiveChild | undefined;
  readonly revisions: readonly LiveRevision[];
  readonly step: RollStep | undefined;
  readonly target: string | undefined;
  /** Go back to the last template that worked when the new one fails. */
  readonly goBack: boolean;
}

function annotations(
  template: ManifestObject,
  rolled: string | undefined,
  blocked: string | undefined,
): Readonly<Record<string, string>> {
  return {
    [TEMPLATE_MARK_ANNOTATION]: fingerprint(template),
    [TEMPLATE_REVISION_ANNOTATION]: String(TEMPLATE_REVISION_LATEST),
    ...(rolled === undefined ? {} : { [ROLLED_ANNOTATION]: rolled }),
    ...(blocked === undefined ? {} : { [BLOCKED_ANNOTATION]: blocked }),
  };
}

/**
 * Which template the set shall have. Normally the wanted one. When it failed, the last one that all pods were ready with is
 * applied again, and the failed one is remembered by its fingerprint so that it is tried again only after an edit.
 */
export function chooseTemplate(input: Input): ChosenTemplate {
  const { wanted, live, revisions, step, target, goBack } = input;
  const mark = fingerprint(wanted);
  const rolledBefore = live?.annotations[ROLLED_ANNOTATION];
  const blockedBefore = live?.annotations[BLOCKED_ANNOTATION] === mark;
  const failedNow = step?.kind === "failed" && goBack && rolledBefore !== target;
  const good = revisions.find(({ hash }) => hash === rolledBefore);
  if ((blockedBefore || failedNow) && good !== undefined) {
    return {
      template: good.template,
      annotations: annotations(good.template, rolledBefore, mark),
      blocked: true,
    };
  }
  const rolled = step?.kind === "rolled" ? target : rolledBefore;
  return { template: wanted, annotations: annotations(wanted, rolled, undefined), blocked: false };
}
