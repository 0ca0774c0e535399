import type { Informer } from "../informer/informer.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { Gauge, Meter } from "../ports/meter.ts";
import { findCondition, type Condition } from "./condition.ts";

interface Counts {
  all: number;
  ready: number;
  paused: number;
  stalled: number;
}

/** How many objects of a kind there are per namespace, and how many are ready, paused and stalled; counted when somebody looks. */
export function exposeResourceMetrics(meter: Meter, informer: Informer<KubeObject>): void {
  const gauge = (name: string, help: string): Gauge =>
    meter.gauge({ name, help, stability: "alpha", labelNames: ["kind", "namespace"] });
  const gauges: Readonly<Record<keyof Counts, Gauge>> = {
    all: gauge("orchestrator_resources", "Objects of a kind."),
    ready: gauge("orchestrator_resources_ready", "Objects whose condition Ready is True."),
    paused: gauge("orchestrator_resources_paused", "Objects whose reconciliation is paused."),
    stalled: gauge("orchestrator_resources_stalled", "Objects that a person has to look at."),
  };
  const { kind } = informer.kind;
  let shown = new Set<string>();
  meter.onCollect(() => {
    const counts = countByNamespace(informer.list());
    for (const namespace of shown) {
      if (counts.has(namespace)) continue;
      for (const one of Object.values(gauges)) one.remove({ kind, namespace });
    }
    shown = new Set(counts.keys());
    for (const [namespace, count] of counts) {
      for (const name of ["all", "ready", "paused", "stalled"] as const) {
        gauges[name].set(count[name], { kind, namespace });
      }
    }
  });
}

function countByNamespace(objects: Iterable<KubeObject>): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? "";
    let count = counts.get(namespace);
    if (count === undefined) {
      count = { all: 0, ready: 0, paused: 0, stalled: 0 };
      counts.set(namespace, count);
    }
    count.all += 1;
    if (isTrue(object, "Ready")) count.ready += 1;
    if (isTrue(object, "ReconciliationPaused")) count.paused += 1;
    if (isTrue(object, "Stalled")) count.stalled += 1;
  }
  return counts;
}

function isTrue(object: KubeObject, type: string): boolean {
  const { status } = object as { readonly status?: { readonly conditions?: readonly Condition[] } };
  return findCondition(status?.conditions, type)?.status === "True";
}
