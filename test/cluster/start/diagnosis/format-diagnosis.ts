import { describeObject, describePod } from "./describe-object.ts";
import { readableLogLine } from "./log-line.ts";
import type { EventThing, World } from "./world.ts";

const WARNINGS_MAX = 10;
const LINE_MAX = 220;

/** A readable block: what is not ready and why, the last warnings, the ends of the logs. Sections without content are left out. */
export function formatDiagnosis(world: World): string {
  const unready = [
    ...world.nodes.flatMap(describeObject),
    ...world.objects.flatMap(describeObject),
    ...world.pods.flatMap(describePod),
  ];
  const sections = [
    section("What is not ready", unready),
    section("Last warnings", warnings(world.events)),
    ...world.logs.map(({ title, lines }) => section(`Log of ${title}`, lines.map(readableLogLine))),
    section("The cluster did not answer", world.unanswered),
  ].filter((text) => text !== "");
  return sections.length === 0 ? "Everything that was looked at is ready." : sections.join("\n");
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const short = lines.map((line) =>
    line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 1)}…` : line,
  );
  return `${title}\n${short.map((line) => `  ${line.replaceAll("\n", " ")}\n`).join("")}`;
}

/** The newest ones, oldest of them first; equal ones count as one. */
function warnings(events: readonly EventThing[]): string[] {
  const newest = new Map<string, EventThing>();
  const sorted = events
    .filter(({ type }) => type === "Warning")
    .sort((left, right) => timeOf(left).localeCompare(timeOf(right)));
  for (const event of sorted) {
    const { kind, name } = event.involvedObject;
    const key = `${kind}/${name} ${event.reason} ${event.message}`;
    newest.delete(key);
    newest.set(key, event);
  }
  return [...newest.values()].slice(-WARNINGS_MAX).map((event) => {
    const { kind = "", name = "" } = event.involvedObject;
    const count = event.series?.count ?? event.count ?? 1;
    const times = count > 1 ? ` (${count} times)` : "";
    const clock = timeOf(event).slice(11, 19);
    return `${clock} ${kind.toLowerCase()} ${name}: ${event.reason ?? ""}: ${event.message ?? ""}${times}`;
  });
}

function timeOf({
  series,
  lastTimestamp,
  eventTime,
  firstTimestamp,
  metadata,
}: EventThing): string {
  return (
    series?.lastObservedTime ??
    lastTimestamp ??
    eventTime ??
    firstTimestamp ??
    metadata?.creationTimestamp ??
    ""
  );
}
