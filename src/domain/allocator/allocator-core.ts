import { InverseOffers } from "./maintenance/inverse-offers.ts";
import type { AllocatorOptions } from "./options.ts";
import { HeldAgents } from "./pods/held-agents.ts";

import { PreemptionPlanner } from "./pods/plan-preemption.ts";
import { PodPool } from "./pods/pod-pool.ts";
import { PodTurn } from "./pods/pod-turn.ts";
import { RecoveryGate } from "./recovery-gate.ts";
import { AllocationRun } from "./run/allocation-run.ts";
import { RunContext } from "./run/run-context.ts";
import { AllocatorState } from "./state/allocator-state.ts";
import { Ledger } from "./state/ledger.ts";
import { Roster } from "./state/roster.ts";

/** The parts of one allocator, put together. */
export class AllocatorCore {
  readonly state: AllocatorState;
  readonly roster: Roster;
  readonly ledger: Ledger;
  readonly pods: PodPool;
  readonly held: HeldAgents;
  readonly preemptions: PreemptionPlanner;
  readonly inverse: InverseOffers;
  readonly gate: RecoveryGate;
  readonly run: AllocationRun;
  #whitelist: ReadonlySet<string> | undefined;

  constructor(options: AllocatorOptions) {
    this.state = new AllocatorState(options);
    this.roster = new Roster(this.state);
    this.ledger = new Ledger(this.state, this.roster);
    this.pods = new PodPool(this.state, this.roster, this.ledger);
    this.held = new HeldAgents(this.state, this.pods);
    this.preemptions = new PreemptionPlanner(this.state, this.pods, this.held);
    this.inverse = new InverseOffers(this.state);
    this.gate = new RecoveryGate(options);
    const podTurn = new PodTurn(this.state, this.ledger, this.pods, this.held);
    this.run = new AllocationRun(
      new RunContext(this.state, this.ledger, podTurn, this.held),
      this.inverse,
    );
    this.setWhitelist(options.whitelist);
  }

  setWhitelist(hostnames: readonly string[] | undefined): void {
    this.#whitelist = hostnames === undefined ? undefined : new Set(hostnames);
  }

  isListed(hostname: string): boolean {
    return this.#whitelist?.has(hostname) ?? true;
  }
}
