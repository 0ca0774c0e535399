import fc from "fast-check";
import { expect } from "chai";
import {
  refusingConstraint,
  type ConstraintAgent,
} from "../../../../src/domain/marathon/constraints/accepts.ts";
import {
  choosePlacement,
  labelKeyOfField,
  type NativeForm,
} from "../../../../src/domain/marathon/constraints/native-form.ts";
import { constraintError } from "../../../../src/domain/marathon/rules/constraint-rules.ts";

const VALUES = ["r1", "r2", "r3", "r10", "a.b", "x_y"];
const value = fc.constantFrom(...VALUES);
const field = fc.constantFrom("hostname", "rack", "@zone");
const regex = fc.oneof(
  value,
  fc.array(value, { minLength: 1, maxLength: 3 }).map((each) => each.join("|")),
  fc.array(value, { minLength: 1, maxLength: 2 }).map((each) => `(${each.join("|")})`),
  fc.constantFrom("r[1-3]", "a\\.b", "r.*", "(r1|r2)?"),
);
const constraint = fc.oneof(
  fc.tuple(field, fc.constant("UNIQUE")),
  fc.tuple(field, fc.constant("CLUSTER")),
  fc.tuple(field, fc.constantFrom("CLUSTER", "IS"), value),
  fc.tuple(field, fc.constantFrom("LIKE", "UNLIKE"), regex),
  fc.tuple(field, fc.constant("MAX_PER"), fc.constantFrom("1", "2")),
  fc.tuple(field, fc.constant("GROUP_BY"), fc.constantFrom("1", "2", "3")),
);

interface Node {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const pool = fc
  .array(fc.record({ rack: value, zone: value }), { minLength: 1, maxLength: 6 })
  .map((nodes) =>
    nodes.map(({ rack, zone }, i): Node => ({
      name: `n${i}`,
      labels: { "kubernetes.io/hostname": `n${i}`, rack, "topology.kubernetes.io/zone": zone },
    })),
  );

const agentOf = ({ name, labels }: Node): ConstraintAgent => ({
  hostname: name,
  zone: labels["topology.kubernetes.io/zone"]!,
  attributes: {},
  labels,
});

/** What kube-scheduler does with each form; `placed` are the nodes of Pods with the same template hash. */
function schedulerAccepts(form: NativeForm, node: Node, placed: readonly Node[]): boolean {
  if (form.kind === "nodeAffinity") {
    const label = node.labels[form.key];
    const isIn = label !== undefined && form.values.includes(label);
    return form.operator === "In" ? isIn : !isIn;
  }
  const label = node.labels[form.topologyKey];
  if (label === undefined) return form.kind === "podAntiAffinity";
  const shares = placed.some((other) => other.labels[form.topologyKey] === label);
  // A Pod that only its own affinity keeps out may be the first of its kind.
  return form.kind === "podAntiAffinity" ? !shares : shares || placed.length === 0;
}

describe("MAR-17 MAR-18 MAR-19 constraints", () => {
  it("are judged alike by the scheduler's form and by the decision function, for any pool", () => {
    fc.assert(
      fc.property(
        fc.array(constraint, { minLength: 1, maxLength: 3 }),
        pool,
        fc.array(fc.nat(5), { maxLength: 8 }),
        (constraints, nodes, attempts) => {
          fc.pre(constraints.every((tuple) => constraintError(tuple) === undefined));
          const everywhere = new Set(nodes.flatMap(({ labels }) => Object.keys(labels)));
          const placement = choosePlacement(constraints, everywhere);
          fc.pre(placement.kind === "native");
          const placed: Node[] = [];
          for (const attempt of attempts) {
            const node = nodes[attempt % nodes.length]!;
            const ours =
              refusingConstraint(constraints, placed.map(agentOf), agentOf(node)) === undefined;
            const theirs = placement.forms.every((form) => schedulerAccepts(form, node, placed));
            expect(ours, JSON.stringify({ constraints, node, placed })).to.equal(theirs);
            if (ours) placed.push(node);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("are never native when a label is missing on a node or an operator has no native form", () => {
    fc.assert(
      fc.property(fc.array(constraint, { minLength: 1, maxLength: 3 }), (constraints) => {
        const placement = choosePlacement(constraints, new Set());
        expect(placement.kind).to.equal("pinned");
        const [first] = constraints;
        const keys = new Set([labelKeyOfField(first![0])]);
        const grouped = [...constraints, ["rack", "GROUP_BY", "2"]];
        expect(choosePlacement(grouped, keys).kind).to.equal("pinned");
      }),
    );
  });

  it("keep placements within UNIQUE, MAX_PER and GROUP_BY when agents are filled by the decision", () => {
    fc.assert(
      fc.property(
        pool,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (nodes, count, max) => {
          const tuples = [["rack", "MAX_PER", String(max)]];
          const placed: Node[] = [];
          for (let i = 0; i < count; i += 1) {
            const free = nodes.find(
              (node) =>
                refusingConstraint(tuples, placed.map(agentOf), agentOf(node)) === undefined,
            );
            if (free) placed.push(free);
          }
          const perRack = Map.groupBy(placed, ({ labels }) => labels["rack"]);
          for (const [, group] of perRack) expect(group.length).to.be.at.most(max);
        },
      ),
    );
  });
});
