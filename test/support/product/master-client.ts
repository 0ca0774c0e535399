const ANSWER_MAX_MS = 3_000;

/** What stories read of `/master/state`. */
export interface MasterState {
  readonly hostname: string;
  readonly activated_slaves: number;
  readonly unreachable_slaves: number;
  readonly slaves: readonly {
    readonly id: string;
    readonly hostname: string;
    readonly active: boolean;
    readonly resources: Readonly<Record<string, number | string>>;
    readonly used_resources: Readonly<Record<string, number | string>>;
  }[];
  readonly frameworks: readonly {
    readonly id: string;
    readonly name: string;
    readonly active: boolean;
    readonly connected: boolean;
    readonly tasks: readonly { readonly id: string; readonly state: string }[];
  }[];
  readonly unregistered_frameworks: readonly unknown[];
}

/** The state as the leader tells it, asked at any of the masters. @throws {Error} when no leader answers. */
export async function readMasterState(masters: readonly string[]): Promise<MasterState> {
  const answer = await askLeader(masters, "/master/state", {});
  return (await answer.json()) as MasterState;
}

/** Why the pods of an app wait: how many agents fell at which question, in the order of the funnel. */
export interface AdmissionReport {
  readonly waiting: number;
  readonly processed: number;
  readonly funnel: readonly { readonly reason: string; readonly declined: number }[];
}

export async function readAdmissionReport(
  masters: readonly string[],
  app: string,
): Promise<AdmissionReport> {
  const answer = await askLeader(masters, `/orchestrator/admission?app=${app}`, {});
  return (await answer.json()) as AdmissionReport;
}

/** Ends a framework and its tasks, as an operator does. */
export async function teardownFramework(
  masters: readonly string[],
  frameworkId: string,
): Promise<void> {
  const body = new URLSearchParams({ frameworkId });
  const answer = await askLeader(masters, "/master/teardown", { method: "POST", body });
  await answer.text();
}

async function askLeader(
  masters: readonly string[],
  path: string,
  init: RequestInit,
): Promise<Response> {
  const refusals: string[] = [];
  for (const master of masters) {
    try {
      const signal = AbortSignal.timeout(ANSWER_MAX_MS);
      const answer = await fetch(`${master}${path}`, { ...init, redirect: "manual", signal });
      if (answer.status === 200) return answer;
      refusals.push(`${master} ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    } catch (error) {
      refusals.push(`${master} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no leading master: ${refusals.join("; ")}`);
}
