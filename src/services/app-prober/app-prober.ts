import { isOperatingError } from "../../api/errors/operating-error.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { appOfSpec } from "../../domain/marathon/decide/app-of-spec.ts";
import type { SeenObject } from "../../domain/marathon/decide/marathon-app-seen.ts";
import { APP_LABEL } from "../../domain/marathon/manifests/names.ts";
import { checkAddress, readinessGates } from "../../domain/marathon/probing/prober-checks.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
import { projectPod } from "../../domain/marathon/status/project-pod.ts";
import type { Change, Informer } from "../../runtime/informer/informer.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import {
  keyOf,
  objectKey,
  type KubeObject,
  type ObjectKey,
} from "../../runtime/kube/kube-object.ts";
import { linkSignals } from "../../runtime/link-signals.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import type { Term } from "../../runtime/leader/term.ts";
import { deadline, sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { formatTime } from "../../runtime/status/condition.ts";
import { CheckSlots } from "./check-slots.ts";
import type { CheckRunner } from "./ports.ts";
import { ProbedInstance, runningSince, type RunningCheck } from "./probed-instance.ts";

const IN_FLIGHT_MAX = 64;
const WRITE_MAX_MS = 5_000;
const MANAGER = "orchestrator-prober";

type PodObject = AppPod & KubeObject;
type AppObject = SeenObject & KubeObject;

export interface AppProberParts {
  readonly informers: Informers;
  readonly kube: KubeWriter;
  readonly runner: CheckRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Runs the checks that the kubelet cannot: on dynamic host ports, further ones, and readiness checks. Results open the
 * Pods' readiness gates; too many failures end the task, which its Rollout replaces.
 */
export class AppProber {
  readonly name = "app-prober";
  readonly #parts: AppProberParts;
  readonly #apps: Informer<AppObject>;
  readonly #pods: Informer<PodObject>;
  readonly #slots = new CheckSlots(IN_FLIGHT_MAX);
  readonly #probed = new Map<ObjectKey, { instance: ProbedInstance; stop: AbortController }>();
  readonly #activities = new Set<Promise<void>>();
  readonly #waiting;

  constructor(parts: AppProberParts) {
    this.#parts = parts;
    this.#apps = parts.informers.of({ kind: MARATHON_APP });
    this.#pods = parts.informers.of<PodObject>(
      { kind: KINDS.Pod, labelSelector: APP_LABEL },
      { transform: projectPod<PodObject> },
    );
    this.#waiting = parts.meter.gauge({
      name: "orchestrator_prober_checks_waiting",
      help: "Checks of apps that are due and wait for a slot.",
      stability: "alpha",
    });
  }

  /** Probes under `term` until the signal aborts. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const kube = new FencedWriter(this.#parts.kube, term);
    const ended = linkSignals(signal, term.signal);
    const forget = this.#pods.onChange((change) => this.#look(change, kube, ended.signal));
    await new Promise<void>((resolve) => {
      if (ended.signal.aborted) resolve();
      else ended.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    forget();
    ended.unlink();
    for (const key of [...this.#probed.keys()]) this.#dismiss(key);
    await Promise.all(this.#activities);
  }

  #look(change: Change<PodObject>, kube: KubeWriter, signal: AbortSignal): void {
    const pod = change.object;
    const key = keyOf(pod);
    const since = change.kind === "deleted" ? undefined : runningSince(pod);
    const known = this.#probed.get(key);
    if (since === undefined) {
      this.#dismiss(key);
      return;
    }
    if (known && known.instance.startedAt === since) {
      known.instance.pod = pod;
      return;
    }
    this.#dismiss(key);
    this.#enrol(key, pod, since, kube, signal);
  }

  #enrol(
    key: ObjectKey,
    pod: PodObject,
    since: string,
    kube: KubeWriter,
    signal: AbortSignal,
  ): void {
    const { namespace, labels } = pod.metadata;
    const object = this.#apps.get(objectKey(namespace, labels?.[APP_LABEL] ?? ""));
    const parsed = object && appOfSpec(object.spec);
    if (parsed?.kind !== "ok" || readinessGates(parsed.app).length === 0) return;
    const deploying = object?.status?.conditions?.find(({ type }) => type === "Deploying");
    const instance = new ProbedInstance(parsed.app, pod, since, deploying?.status === "False");
    const stop = new AbortController();
    this.#probed.set(key, { instance, stop });
    const until = linkSignals(signal, stop.signal);
    const all = [
      this.#openGates(instance, kube, until.signal),
      ...instance.checks.map((running) => this.#repeat(instance, running, kube, until.signal)),
    ];
    this.#track(Promise.all(all).then(until.unlink));
  }

  #dismiss(key: ObjectKey): void {
    this.#probed.get(key)?.stop.abort();
    this.#probed.delete(key);
  }

  #track(activity: Promise<void>): void {
    const tracked = activity.finally(() => this.#activities.delete(tracked));
    this.#activities.add(tracked);
  }

  /** One check at its interval; the first after a random part of it, so that instances do not answer in step. */
  async #repeat(
    instance: ProbedInstance,
    running: RunningCheck,
    kube: KubeWriter,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random } = this.#parts;
    const isEnded = (): boolean => signal.aborted || running.isOver;
    let delayMs = random.next() * Math.min(1_000, running.check.intervalMs);
    while (!isEnded()) {
      await sleep(clock, delayMs, signal).catch(() => undefined);
      delayMs = running.check.intervalMs;
      if (isEnded()) return;
      const attempt = this.#slots.run(() => this.#attempt(instance, running, kube, signal));
      this.#waiting.set(this.#slots.waiting);
      await attempt;
    }
  }

  async #attempt(
    instance: ProbedInstance,
    running: RunningCheck,
    kube: KubeWriter,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, runner, logger } = this.#parts;
    const { check } = running;
    const address = checkAddress(instance.app, instance.pod, check);
    const isEnded = (): boolean => signal.aborted;
    if (!address || isEnded()) return;
    const { protocol, path, timeoutMs, statuses } = check;
    const target = { ...address, protocol, path, timeoutMs, ...(statuses ? { statuses } : {}) };
    try {
      const result = await runner.run(target, signal);
      const kill = instance.record(running, result, clock.nowMs());
      await this.#openGates(instance, kube, signal);
      if (kill) await this.#kill(instance, kube, signal);
    } catch (error) {
      if (isEnded()) return;
      logger.warn("A check of an app could not be carried out.", {
        error,
        appId: instance.app.id,
        name: instance.pod.metadata.name,
      });
    }
  }

  /** Writes the Pod's gates when they are not as they should be; a Pod that is gone needs none. */
  async #openGates(instance: ProbedInstance, kube: KubeWriter, signal: AbortSignal): Promise<void> {
    if (!instance.isOutdated()) return;
    const { clock, logger } = this.#parts;
    const { name, namespace = "", uid = "" } = instance.pod.metadata;
    const lastTransitionTime = formatTime(clock.nowMs());
    const conditions = instance.gates().map((gate) => ({ ...gate, lastTransitionTime }));
    const status = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, uid },
      status: { conditions },
    };
    const limit = deadline(clock, WRITE_MAX_MS, signal);
    try {
      await kube.apply(KINDS.Pod, status, {
        signal: limit.signal,
        subresource: "status",
        fieldManager: MANAGER,
      });
    } catch (error) {
      if (signal.aborted || isOperatingError(error, "KUBE_NOT_FOUND")) return;
      logger.warn("A gate could not be written; the next result tries again.", { error, name });
    } finally {
      limit.done();
    }
  }

  async #kill(instance: ProbedInstance, kube: KubeWriter, signal: AbortSignal): Promise<void> {
    const { name, namespace = "", uid = "" } = instance.pod.metadata;
    this.#parts.logger.info("An unhealthy task is ended.", { appId: instance.app.id, name });
    await kube.delete({ kind: KINDS.Pod, namespace, name }, { signal, uid });
  }
}
