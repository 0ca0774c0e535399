import type { MarathonApp } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { GatedPod, RuledNode } from "../../../src/domain/admission/kube-view.ts";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import { ADMISSION_GATE } from "../../../src/domain/admission/names.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { EventNote } from "../../../src/runtime/ports/event-recorder.ts";
import { PodAdmission } from "../../../src/services/pod-admission/pod-admission.ts";
import type { AdmissionConfig } from "../../../src/services/pod-admission/ports.ts";
import { FakeKube } from "../kubernetes/fake-kube.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { ADMISSION_RULES } from "./admission-rules.ts";
import { AllocatorLedger } from "./allocator-ledger.ts";
import { makeGatedPod, makeRuledNode, type PodParts } from "./make-gated-pod.ts";

export const ADMISSION_CONFIG: AdmissionConfig = { ...ADMISSION_RULES, namespaceSelector: {} };

/** One leader: informers, admission and allocator of one term. */
export interface Leader {
  readonly admission: PodAdmission;
  readonly ledger: AllocatorLedger;
  /** Dies at once: nothing it had in mind is done any more. */
  readonly kill: () => void;
}

/** Admission with the real allocator over a fake API server, on virtual time. Nodes outlive leaders. */
export class AdmissionWorld {
  readonly clock: VirtualClock;
  readonly kube = new FakeKube();
  readonly meter = new RecordingMeter();
  readonly logger = new RecordingLogger();
  readonly notes: (EventNote & { readonly pod: string })[] = [];
  readonly random: SeededRandom;
  readonly #nodes = new Map<string, { resources: string; attributes: Record<string, string> }>();
  #config: AdmissionConfig;
  readonly #changed = new Set<() => void>();
  #term = 0;

  constructor(
    options: { readonly seed?: number; readonly config?: Partial<AdmissionConfig> } = {},
  ) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.clock = new VirtualClock({ random: this.random });
    this.#config = { ...ADMISSION_CONFIG, ...options.config };
  }

  node(
    name: string,
    resources: string,
    parts: Parameters<typeof makeRuledNode>[1] & { attributes?: Record<string, string> } = {},
  ): void {
    this.#nodes.set(name, { resources, attributes: parts.attributes ?? {} });
    this.kube.put(KINDS.Node, makeRuledNode(name, parts));
  }

  pod(parts: PodParts): void {
    this.kube.put(KINDS.Pod, makeGatedPod(parts));
  }

  configure(config: Partial<AdmissionConfig>): void {
    this.#config = { ...this.#config, ...config };
    for (const changed of this.#changed) changed();
  }

  /** A new leader takes over; agents of all nodes register with it, `prepare` sets roles before. */
  async lead(prepare: (ledger: AllocatorLedger) => void = () => undefined): Promise<Leader> {
    this.#term += 1;
    const { kube, clock, random, meter, logger } = this;
    const life = new AbortController();
    const informers = new Informers({ reader: kube, clock, random, logger, meter, freeze: true });
    const admission = new PodAdmission({
      pods: informers.of<GatedPod & KubeObject>({
        kind: KINDS.Pod,
        labelSelector: "orchestrator.io/pool=mesos,!orchestrator.io/kind",
      }),
      nodes: informers.of<RuledNode & KubeObject>({ kind: KINDS.Node }),
      namespaces: informers.of({ kind: KINDS.Namespace }),
      apps: informers.of<MarathonApp & KubeObject>({ kind: MARATHON_APP }),
      config: {
        current: () => this.#config,
        subscribe: (changed) => {
          this.#changed.add(changed);
          return () => void this.#changed.delete(changed);
        },
      },
      reader: kube,
      writer: kube,
      events: {
        record: ({ metadata }, note) => void this.notes.push({ ...note, pod: metadata.name }),
      },
      rooms: () =>
        [...this.#nodes.keys()].map((name) => ({
          agentId: `m-${name}`,
          hostname: name,
          isOfferable: true,
          free: ledger.allocator.view.free(asId<AgentId>(`m-${name}`)),
        })),
      freeOn: (agentId) => ledger.allocator.view.free(agentId),
      clock,
      random,
      logger,
      meter,
    });
    const ledger = new AllocatorLedger(clock, { seed: this.#term, term: this.#term });
    ledger.serve(admission);
    prepare(ledger);
    const synced = informers.start(life.signal);
    await clock.settle();
    await synced;
    await admission.start(ledger, life.signal);
    for (const [name, { resources, attributes }] of this.#nodes) {
      ledger.addAgent(name, resources, attributes);
    }
    const kill = (): void => {
      ledger.stop();
      life.abort();
    };
    return { admission, ledger, kill };
  }

  pods(): readonly GatedPod[] {
    return this.kube.all<GatedPod & KubeObject>(KINDS.Pod);
  }

  /** Names of pods whose gate is open. */
  open(): readonly string[] {
    const isGated = ({ spec }: GatedPod): boolean =>
      spec.schedulingGates?.some(({ name }) => name === ADMISSION_GATE) ?? false;
    return this.pods()
      .filter((pod) => !isGated(pod))
      .map(({ metadata }) => metadata.name);
  }

  /** The scheduler binds an open pod. */
  bind(name: string, nodeName: string, namespace = "default"): void {
    const pod = this.pods().find(({ metadata }) => metadata.name === name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    const bound = { ...pod, spec: { ...pod.spec, nodeName } };
    this.kube.put(KINDS.Pod, { ...bound, metadata: { ...bound.metadata, namespace } } as never);
  }
}
