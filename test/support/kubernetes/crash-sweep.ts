import { expect } from "chai";
import { isNoStatus } from "./mortal-kube.ts";

/** One run of a story. */
interface Run {
  /** What there is when all is quiet again, by name. */
  readonly end: Readonly<Record<string, unknown>>;
  /** Writes of the process and of the one that followed it, in their order. */
  readonly writes: readonly string[];
  /** Pods that were made in it. */
  readonly podsStarted: number;
}

interface CrashedRun extends Run {
  /** Where the process died, e.g. `after write 3 (apply StatefulSet/mesos-master)`. */
  readonly crash: string;
}

interface Sweep {
  readonly undisturbed: Run;
  readonly crashed: readonly CrashedRun[];
}

/**
 * Runs a story without a crash, and then once for every write of that run with the process dying after it, before it hears the
 * answer. A death before a write looks the same to the world as one after the write before.
 * @param run the story in a world of its own; the process dies after its write `diesAfter`, and another takes over.
 */
export async function sweepCrashes(run: (diesAfter: number) => Promise<Run>): Promise<Sweep> {
  const undisturbed = await run(Infinity);
  const crashed: CrashedRun[] = [];
  for (const [index, write] of undisturbed.writes.entries()) {
    const crash = `after write ${index + 1} (${write})`;
    crashed.push({ ...(await run(index + 1)), crash });
  }
  return { undisturbed, crashed };
}

/** What a crashed run may do more than the undisturbed one. */
export interface Slack {
  readonly statuses: number;
  readonly otherWrites: number;
  readonly pods: number;
}

/** Every crashed run ended as the undisturbed one, at hardly more cost. */
export function expectSameEnds({ undisturbed, crashed }: Sweep, slack: Slack): void {
  const othersOf = ({ writes }: Run): number => writes.filter(isNoStatus).length;
  const statusesOf = (run: Run): number => run.writes.length - othersOf(run);
  for (const run of crashed) {
    const { crash, end, writes } = run;
    expect(Object.keys(end), crash).to.have.members(Object.keys(undisturbed.end));
    for (const [name, object] of Object.entries(end)) {
      expect(object, `${name} ${crash}`).to.deep.equal(undisturbed.end[name]);
    }
    const story = `${crash}: ${writes.join(", ")}`;
    expect(statusesOf(run), story).to.be.at.most(statusesOf(undisturbed) + slack.statuses);
    expect(othersOf(run), story).to.be.at.most(othersOf(undisturbed) + slack.otherWrites);
    expect(run.podsStarted, story).to.be.at.most(undisturbed.podsStarted + slack.pods);
  }
}

/** A world in virtual time with one controller process in it. */
export interface CrashableWorld {
  readonly writes: readonly string[];
  readonly podsStarted: number;
  /** The process dies after that many writes, and another takes over. Never without. */
  start(diesAfter?: number): Promise<void>;
  stop(): Promise<void>;
  /** Lets time pass until nothing happens any more. */
  settle(): Promise<void>;
  pass(byMs: number): Promise<void>;
  /** What there is, in one line. */
  summary(): string;
  picture(): Readonly<Record<string, unknown>>;
}

export interface Transition<World extends CrashableWorld> {
  /** A copy of a world, or an empty one. */
  readonly world: (from?: World) => World;
  /** Makes what there is before. */
  readonly given: (world: World) => void;
  readonly when: (world: World) => Promise<void> | void;
  /** The `summary()` then. */
  readonly ends: string;
  readonly slack: Slack;
  /** The transition is others' work alone: there is no write to die after. */
  readonly isWithoutWrites?: boolean;
  /** Writes of a fresh process in a quiet world; absent: not looked at. */
  readonly writesAtFirst?: readonly string[];
}

/** Sweeps a transition from a settled world; every run ends as it says, and as the undisturbed one. */
export async function expectToOutliveCrashes<World extends CrashableWorld>(
  transition: Transition<World>,
): Promise<void> {
  const { world: make, given, when, ends, slack, isWithoutWrites = false } = transition;
  const before = make();
  given(before);
  await before.start();
  await before.settle();
  await before.stop();
  const sweep = await sweepCrashes(async (diesAfter) => {
    const world = make(before);
    await world.start(diesAfter);
    await world.pass(1_000);
    const { writesAtFirst = world.writes } = transition;
    expect(world.writes, "at first").to.deep.equal(writesAtFirst);
    await when(world);
    await world.settle();
    await world.stop();
    expect(world.summary()).to.equal(ends);
    const { writes, podsStarted } = world;
    return { end: world.picture(), writes, podsStarted };
  });
  expect(sweep.crashed.length === 0, "nothing to die after").to.equal(isWithoutWrites);
  expectSameEnds(sweep, slack);
}
