import type { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { Decision, Grant } from "../../../src/domain/allocator/events.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { quantitiesOf } from "./given-values.ts";
import type { OfferWant, Want } from "./vector-format.ts";

const TOLERANCE = 0.0001;

/** The first difference between what a step did and what is wanted; undefined = none. */
export function checkWant(
  want: Want | undefined,
  decisions: readonly Decision[],
  allocator: Allocator,
): string | undefined {
  const differences = [
    checkOutcome(want, decisions),
    checkOffers(want, decisions),
    checkInverse(want, decisions),
    want?.runs === undefined
      ? undefined
      : differ("runs", String(want.runs), String(decisions.reduce((n, d) => n + d.runs, 0))),
    ...(want === undefined ? [] : checkState(want, allocator)),
  ];
  return differences.find((difference) => difference !== undefined);
}

function checkOutcome(want: Want | undefined, decisions: readonly Decision[]): string | undefined {
  const refused = decisions.some(({ outcome }) => outcome.kind !== "applied");
  return differ("error", String(want?.error ?? false), String(refused));
}

function checkOffers(want: Want | undefined, decisions: readonly Decision[]): string | undefined {
  const grants = decisions.flatMap((decision) => decision.grants);
  const withAgent = want?.anyAgent !== true;
  const got = grants.map((grant) => grantText(grant, withAgent)).sort();
  const alternatives = want?.anyOf ?? [want?.offers ?? []];
  const texts = alternatives.map((offers) =>
    offers
      .map((offer) => offerText(offer, withAgent))
      .sort()
      .join(" + "),
  );
  return texts.includes(got.join(" + "))
    ? undefined
    : differ("offers", texts.join(" or "), got.join(" + "));
}

function checkInverse(want: Want | undefined, decisions: readonly Decision[]): string | undefined {
  const got = decisions
    .flatMap(({ inverseOffers }) => inverseOffers)
    .map(({ frameworkId, agentId }) => `${frameworkId}@${agentId}`);
  const wanted = (want?.inverseOffers ?? []).map(({ framework, agent }) => `${framework}@${agent}`);
  return differ("inverse offers", wanted.sort().join(" "), got.sort().join(" "));
}

function checkState(want: Want, { view }: Allocator): (string | undefined)[] {
  const differences: (string | undefined)[] = [];
  if (want.roleShares !== undefined) {
    differences.push(checkShares("role shares", want.roleShares, view.roleShares()));
  }
  for (const [role, shares] of Object.entries(want.frameworkShares ?? {})) {
    differences.push(checkShares(`shares in ${role}`, shares, view.frameworkShares(role)));
  }
  if (want.nodeShares !== undefined) {
    const paths = Object.keys(want.nodeShares);
    const got = new Map(paths.map((path) => [path, view.nodeShare(path) ?? NaN]));
    differences.push(checkShares("node shares", want.nodeShares, got));
  }
  for (const [role, count] of Object.entries(want.filters ?? {})) {
    differences.push(differ(`filters in ${role}`, String(count), String(view.filtersActive(role))));
  }
  for (const [role, text] of Object.entries(want.consumed ?? {})) {
    const wanted = JSON.stringify(Object.entries(quantitiesOf(text)).sort());
    const got = JSON.stringify(Object.entries(view.consumed(role)).sort());
    differences.push(differ(`consumed by ${role}`, wanted, got));
  }
  return differences;
}

/** Exactly the same names, each within the tolerance. */
export function checkShares(
  what: string,
  wanted: Readonly<Record<string, number>>,
  got: ReadonlyMap<string, number>,
): string | undefined {
  const names = Object.keys(wanted);
  const same =
    names.length === got.size &&
    names.every((name) => Math.abs((got.get(name) ?? NaN) - (wanted[name] as number)) <= TOLERANCE);
  if (same) return undefined;
  return differ(what, JSON.stringify(wanted), JSON.stringify(Object.fromEntries(got)));
}

function grantText({ frameworkId, role, agentId, resources }: Grant, withAgent: boolean): string {
  return `${frameworkId} as ${role}${withAgent ? ` on ${agentId}` : ""}: ${canonical(resources)}`;
}

function offerText({ framework, role, agent, resources }: OfferWant, withAgent: boolean): string {
  const at = withAgent ? ` on ${agent ?? "?"}` : "";
  return `${framework} as ${role}${at}: ${canonical(resourcesOf(resources))}`;
}

function canonical(resources: Resources): string {
  return formatResources(resources).split(";").sort().join(";");
}

function differ(what: string, wanted: string, got: string): string | undefined {
  return wanted === got ? undefined : `${what}: wanted ${wanted || "none"}, got ${got || "none"}`;
}
