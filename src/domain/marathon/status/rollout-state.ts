/** A Rollout as the API server has it, as far as decisions read it. */
export interface LiveRollout {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      readonly subresource?: string;
    }[];
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec?: object;
    };
    readonly strategy?: { readonly canary?: { readonly steps?: readonly object[] } };
  };
  readonly status?: {
    /** Argo writes the generation as text. */
    readonly observedGeneration?: string;
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    readonly currentStepIndex?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly canary?: { readonly weights?: { readonly canary?: { readonly weight?: number } } };
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** Where a rollout stands. */
export type RolloutState =
  | { readonly kind: "absent" }
  /** The controller has not seen the last change. */
  | { readonly kind: "unseen" }
  | { readonly kind: "progressing"; readonly message: string }
  /** At a pause of its steps, or by a person (`spec.paused`). */
  | { readonly kind: "paused"; readonly byPerson: boolean; readonly message: string }
  | { readonly kind: "aborted"; readonly message: string }
  | { readonly kind: "stuck"; readonly message: string }
  | { readonly kind: "healthy" };

function hasMissedDeadline(rollout: LiveRollout): boolean {
  return (rollout.status?.conditions ?? []).some(
    ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
  );
}

/** Generation first, then what the controller says. */
export function rolloutState(rollout: LiveRollout | undefined): RolloutState {
  if (!rollout) return { kind: "absent" };
  const { metadata, spec, status } = rollout;
  if (status?.observedGeneration !== String(metadata.generation)) return { kind: "unseen" };
  const message = status.message ?? "";
  if (status.abort) return { kind: "aborted", message };
  if (spec?.paused) return { kind: "paused", byPerson: true, message };
  switch (status.phase) {
    case "Healthy":
      return { kind: "healthy" };
    case "Paused":
      return { kind: "paused", byPerson: false, message };
    case "Degraded":
      return hasMissedDeadline(rollout)
        ? { kind: "stuck", message }
        : { kind: "progressing", message };
    default:
      return { kind: "progressing", message };
  }
}

/** The rollout block of the app's status; absent while there is nothing to tell. */
export function rolloutProgress(rollout: LiveRollout | undefined) {
  if (!rollout?.status?.phase) return undefined;
  const { phase, currentStepIndex, message, canary } = rollout.status;
  const steps = rollout.spec?.strategy?.canary?.steps?.length;
  const weight = canary?.weights?.canary?.weight;
  return {
    phase,
    ...(currentStepIndex === undefined ? {} : { step: currentStepIndex }),
    ...(steps === undefined ? {} : { steps }),
    ...(weight === undefined ? {} : { weight }),
    ...(message === undefined || message === "" ? {} : { message: message.slice(0, 1024) }),
  };
}
