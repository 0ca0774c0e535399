import {
  connectKubernetes,
  type KubeConnection,
} from "../../../src/adapters/kubernetes/connect.ts";
import { openKubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig-access.ts";
import type { ConnectOptions } from "../../../src/adapters/kubernetes/connect.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../../../src/adapters/system-random/system-random.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";

export interface RealKube extends KubeConnection {
  readonly server: string;
  readonly clock: SystemClock;
  readonly random: SystemRandom;
  readonly logger: RecordingLogger;
  readonly meter: RecordingMeter;
}

/** The product's transport to a real API server, strict about unknown fields. */
export async function connectReal(
  kubeconfigPath: string,
  options: Partial<ConnectOptions> = {},
): Promise<RealKube> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const logger = new RecordingLogger();
  const meter = new RecordingMeter();
  const access = await openKubeconfigAccess({ clock, file: kubeconfigPath });
  const connection = connectKubernetes({
    access,
    clock,
    random,
    logger,
    meter,
    process: "test",
    version: "0.0.0",
    fieldValidation: "Strict",
    ...options,
  });
  return { ...connection, server: access.server, clock, random, logger, meter };
}

/** A new namespace for one suite; remove it with {@link removeNamespace}. */
export async function makeNamespace(kube: KubeTransport, prefix: string): Promise<string> {
  const name = `${prefix}-${new SystemRandom().uuid().slice(0, 8)}`;
  await kube.create(
    KINDS.Namespace,
    { metadata: { name } },
    { signal: AbortSignal.timeout(10_000) },
  );
  return name;
}

export async function removeNamespace(kube: KubeTransport, name: string): Promise<void> {
  await kube.delete({ kind: KINDS.Namespace, name }, { signal: AbortSignal.timeout(10_000) });
}
