import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { PodInput } from "../../domain/admission/book/inputs.ts";
import type { RuledNode } from "../../domain/admission/kube-view.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { keyOf } from "../../runtime/kube/kube-object.ts";
import type { Noted } from "./change-inbox.ts";

/** What the book is told of a node that changed. */
export function nodeInput({ object, isDeleted }: Noted<RuledNode & KubeObject>): PodInput {
  if (isDeleted) return { kind: "nodeGone", name: object.metadata.name };
  return { kind: "nodeSeen", node: object };
}

/** What the book is told of an app that changed. */
export function appInput({ object: app, isDeleted }: Noted<MarathonApp & KubeObject>): PodInput {
  const appKey = keyOf(app);
  if (isDeleted) return { kind: "appGone", appKey };
  const delayUntilMs = Date.parse(app.status?.queue?.delayUntil ?? "");
  return {
    kind: "appSeen",
    appKey,
    rules: {
      // The API server fills in defaults, but an object may be older than the field.
      launchRatePerMinute: (app.spec as Partial<MarathonApp["spec"]>).launchRatePerMinute ?? 0,
      ...(Number.isNaN(delayUntilMs) ? {} : { delayUntilMs }),
    },
  };
}
