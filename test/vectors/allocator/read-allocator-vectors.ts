import { AllocatorWorld } from "./allocator-world.ts";
import { checkWant } from "./check-want.ts";
import { runRandomSorterVector, runSorterVector } from "./run-sorter-vector.ts";
import type { AllocatorVector, Vector, VectorFile } from "./vector-format.ts";
import type { VectorCase } from "../vector-case.ts";

/** Every vector holds for every order in which agents are visited. */
const SEEDS = 24;
/** The draws of one random sorter vector are many already. */
const RANDOM_SORTER_SEEDS = 20;

/** The cases of an allocator vector file. */
export function readAllocatorVectors(file: unknown): VectorCase[] {
  const { vectors } = file as VectorFile;
  return vectors.map((vector) => ({ name: vector.name, run: () => runVector(vector) }));
}

function runVector(vector: Vector): string | undefined {
  try {
    switch (vector.kind) {
      case "sorter":
        return runSorterVector(vector);
      case "randomSorter":
        return eachSeed(RANDOM_SORTER_SEEDS, (seed) => runRandomSorterVector(vector, seed));
      case "allocator":
        return eachSeed(SEEDS, (seed) => runAllocatorVector(vector, seed));
    }
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function eachSeed(seeds: number, run: (seed: number) => string | undefined): string | undefined {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const why = run(seed);
    if (why !== undefined) return `seed ${seed}, ${why}`;
  }
  return undefined;
}

function runAllocatorVector(vector: AllocatorVector, seed: number): string | undefined {
  const world = new AllocatorWorld(vector.given, seed);
  for (const [index, step] of vector.steps.entries()) {
    const decisions = world.do(step);
    const wants = vector.want.filter(({ after }) => after === index + 1);
    for (const want of wants.length === 0 ? [undefined] : wants) {
      const why = checkWant(want, decisions, world.allocator);
      if (why !== undefined) return `step ${index + 1} (${step.do}): ${why}`;
    }
  }
  return undefined;
}
