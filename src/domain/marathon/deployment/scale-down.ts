/** States of an instance that matter when some must go. */
export type ScaleCondition =
  "Unreachable" | "UnreachableInactive" | "Staging" | "Starting" | "Running";

export interface ScaleInstance {
  readonly id: string;
  readonly condition: ScaleCondition;
  /** When it was staged, started or became active; epoch ms. */
  readonly sinceMs: number;
  /** Its agent's value of each GROUP_BY field. */
  readonly values?: Readonly<Record<string, string>>;
}

export interface ScaleInput {
  readonly instances: readonly ScaleInstance[];
  readonly scaleTo: number;
  readonly killSelection: "YOUNGEST_FIRST" | "OLDEST_FIRST";
  /** Ids that a kill call has chosen already. */
  readonly sentenced: readonly string[];
  /** Fields of the app's GROUP_BY constraints. */
  readonly groupBy: readonly string[];
}

export interface ScalePlan {
  readonly kill: readonly string[];
  readonly start: number;
}

const STATE_ORDER: Readonly<Record<ScaleCondition, number>> = {
  UnreachableInactive: 0,
  Unreachable: 1,
  Staging: 2,
  Starting: 3,
  Running: 4,
};

/** Who goes first: the state that serves least, then by age as the app's killSelection says. */
function killOrder(input: ScaleInput): ScaleInstance[] {
  const sign = input.killSelection === "YOUNGEST_FIRST" ? -1 : 1;
  return input.instances.toSorted(
    (a, b) => STATE_ORDER[a.condition] - STATE_ORDER[b.condition] || sign * (a.sinceMs - b.sinceMs),
  );
}

type Distribution = ReadonlyMap<string, number>;

function distributionOf(field: string, instances: readonly ScaleInstance[]): Distribution {
  const counts = new Map<string, number>();
  for (const { values } of instances) {
    const value = values?.[field];
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function differenceOf(distribution: Distribution): number {
  const counts = [...distribution.values()];
  return counts.length === 0 ? 0 : Math.max(...counts) - Math.min(...counts);
}

/** Distributions that a value leaves altogether keep counting it as 0, or the last of a group would look balanced. */
function distributionAfter(
  field: string,
  before: Distribution,
  left: readonly ScaleInstance[],
): Distribution {
  const after = distributionOf(field, left);
  return new Map([...before.keys()].map((value) => [value, after.get(value) ?? 0]));
}

function inLargestGroup(
  candidate: ScaleInstance,
  field: string,
  distribution: Distribution,
): boolean {
  const value = candidate.values?.[field];
  return value !== undefined && distribution.get(value) === Math.max(...distribution.values());
}

/** Takes victims one by one so that no GROUP_BY distribution gets worse than it was, or than a difference of one. */
function balancedVictims(
  ordered: readonly ScaleInstance[],
  count: number,
  groupBy: readonly string[],
): ScaleInstance[] {
  const start = new Map(groupBy.map((field) => [field, distributionOf(field, ordered)]));
  const victims: ScaleInstance[] = [];
  let left = [...ordered];
  while (victims.length < count) {
    const now = groupBy.map((field) => ({
      field,
      distribution: distributionAfter(field, start.get(field)!, left),
    }));
    const uneven = now.toSorted(
      (a, b) => differenceOf(b.distribution) - differenceOf(a.distribution),
    );
    const keepsBalance = (candidate: ScaleInstance): boolean => {
      const rest = left.filter((instance) => instance !== candidate);
      return uneven.every(({ field }) => {
        const before = start.get(field)!;
        const difference = differenceOf(distributionAfter(field, before, rest));
        return (
          difference <= Math.max(1, differenceOf(before) - 1) || difference < differenceOf(before)
        );
      });
    };
    const preferred = uneven.flatMap(({ field, distribution }) =>
      left.filter((candidate) => inLargestGroup(candidate, field, distribution)),
    );
    const victim = [...preferred, ...left].find(keepsBalance) ?? preferred[0] ?? left[0];
    if (victim === undefined) break;
    victims.push(victim);
    left = left.filter((instance) => instance !== victim);
  }
  return victims;
}

/**
 * Which instances go and how many start to reach `scaleTo`. Sentenced ones go in any case, and are replaced when that goes
 * below the target. Inactive unreachable ones do not count.
 * @see marathon@1.10 core/deployment/impl/ScalingProposition.scala
 */
export function planScaling(input: ScaleInput): ScalePlan {
  const counted = killOrder(input).filter(({ condition }) => condition !== "UnreachableInactive");
  const sentenced = counted.filter(({ id }) => input.sentenced.includes(id));
  const others = counted.filter(({ id }) => !input.sentenced.includes(id));
  const killCount = Math.max(counted.length - input.scaleTo, sentenced.length, 0);
  const chosen =
    input.groupBy.length === 0
      ? others.slice(0, killCount - sentenced.length)
      : balancedVictims(others, killCount - sentenced.length, input.groupBy);
  return {
    kill: [...sentenced, ...chosen].map(({ id }) => id),
    start: Math.max(0, input.scaleTo - counted.length + killCount),
  };
}
