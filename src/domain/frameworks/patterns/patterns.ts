import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { cassandra } from "./cassandra.ts";
import { flink } from "./flink.ts";
import { kubernetes } from "./kubernetes.ts";
import type { PatternOptions } from "./pattern-options.ts";
import { sparkCoarse } from "./spark-coarse.ts";
import { sparkFine } from "./spark-fine.ts";
import { storm } from "./storm.ts";
import { yarn } from "./yarn.ts";

export const PATTERN_NAMES = [
  "spark-coarse",
  "spark-fine",
  "yarn",
  "storm",
  "cassandra",
  "flink",
  "kubernetes",
] as const;
export type PatternName = (typeof PATTERN_NAMES)[number];

/** Known frameworks by name: what each asks for, keeps and gives back. */
export const PATTERNS: Readonly<Record<PatternName, (options: PatternOptions) => PatternSpec>> = {
  "spark-coarse": sparkCoarse,
  "spark-fine": sparkFine,
  yarn,
  storm,
  cassandra,
  flink,
  kubernetes,
};
