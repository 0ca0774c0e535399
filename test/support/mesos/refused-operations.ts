import { expect } from "chai";
import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import type { Resource } from "../../../src/api/mesos/resource.ts";
import type { OperationContext } from "../../../src/domain/mesos/operations/operation-context.ts";
import { planOperation } from "../../../src/domain/mesos/operations/operation-plan.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { dynamic } from "./operations.ts";

/** What agents of these tests are capable of. */
export const CAPABLE = [
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
];
/** Who asks, unless an operator does. */
export const framework = { id: "f", role: "web", roles: ["web"], capabilities: new Set([]) };

/** An operation, and why it is refused on `cpus:4;disk:100` and a reservation and a volume of `web`. */
export interface Refusal {
  readonly operation: OfferOperation;
  readonly error: string;
  readonly context?: Partial<OperationContext>;
  /** Asked by an operator. */
  readonly byOperator?: boolean;
}

/** Why it is refused; "" = it is not. */
export function verdict({
  operation,
  context = {},
  byOperator = false,
}: Omit<Refusal, "error">): string {
  const available = [...resourcesOf("cpus:4;disk:100"), ...dynamic("cpus(web):4;disk(web)[v:d]:9")];
  const plan = planOperation(operation, available, {
    agentId: "S0",
    agentCapabilities: CAPABLE,
    makesVolumes: true,
    ...(byOperator ? {} : { framework }),
    checkpointed: dynamic("cpus(web):4;disk(web)[v:d]:9"),
    used: [],
    ...context,
  });
  return plan.ok ? "" : plan.error;
}

/** The operation with `parts` in each of its resources. */
export function changed(operation: OfferOperation, parts: Partial<Resource>): OfferOperation {
  const change = (list: readonly Resource[]): Resource[] =>
    list.map((resource) => ({ ...resource, ...parts }));
  return {
    ...operation,
    ...(operation.reserve && { reserve: { resources: change(operation.reserve.resources ?? []) } }),
    ...(operation.create && { create: { volumes: change(operation.create.volumes ?? []) } }),
  };
}

/** A test for each; the keys say what is refused. */
export function itRefuses(cases: Readonly<Record<string, Refusal>>): void {
  for (const [name, { error, ...asked }] of Object.entries(cases)) {
    it(`refuses ${name}`, () => {
      expect(verdict(asked)).to.equal(error);
    });
  }
}
