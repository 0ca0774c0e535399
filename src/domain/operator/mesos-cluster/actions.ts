import type { DesiredChild } from "./child.ts";
import type { LiveChild, LivePod } from "./observed.ts";

/** One write, as data. They run in this order and stop at the first failure. */
export type Action =
  | { readonly kind: "apply"; readonly child: DesiredChild }
  | { readonly kind: "remove"; readonly child: LiveChild }
  | { readonly kind: "replacePod"; readonly pod: LivePod; readonly why: string }
  /** Keeps the label that the Service `<c>-master-leader` selects by on the leader alone. */
  | { readonly kind: "markLeader"; readonly pod: LivePod; readonly leads: boolean };
