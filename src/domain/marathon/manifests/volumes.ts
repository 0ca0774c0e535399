import type { Volume } from "../../../api/marathon/container.ts";
import { sha1Hex } from "../app/sha1.ts";
import type { ParameterEffects } from "./docker-parameters.ts";
import type { FidelityNotes } from "./fidelity.ts";
import { SANDBOX } from "./names.ts";
import type { RenderInput } from "./render-input.ts";
import { secretKeyRef } from "./secrets.ts";

export interface PodVolumes {
  readonly volumes: readonly object[];
  readonly volumeMounts: readonly object[];
}

interface Mounted {
  readonly source: object;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

const absolute = (path: string): string => (path.startsWith("/") ? path : `${SANDBOX}/${path}`);

/** Name of a claim as an external volume's name gives it. */
function claimName(name: string): string {
  const legal = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/^-+|-+$/g, "");
  return legal === name ? name : `${legal.slice(0, 45)}-${sha1Hex(name).slice(0, 6)}`;
}

function mountedVolume(
  volume: Volume,
  input: RenderInput,
  notes: FidelityNotes,
): Mounted | undefined {
  const mountPath = absolute(volume.containerPath);
  const readOnly = volume.mode === "RO";
  if (volume.hostPath !== undefined) {
    return { source: { hostPath: { path: volume.hostPath } }, mountPath, readOnly };
  }
  if (volume.external) {
    const claim = claimName(volume.external.name);
    notes.approximated(
      `container.volumes[${volume.containerPath}]`,
      `PersistentVolumeClaim ${claim}, which must exist`,
    );
    return {
      source: { persistentVolumeClaim: { claimName: claim, readOnly } },
      mountPath,
      readOnly,
    };
  }
  if (volume.secret !== undefined) {
    const source = input.app.secrets[volume.secret]?.source ?? volume.secret;
    const { name, key } = secretKeyRef(source, input, notes);
    const file = mountPath.split("/").at(-1) ?? key;
    const items = [{ key, path: file }];
    return {
      source: { secret: { secretName: name, items } },
      mountPath,
      readOnly: true,
      subPath: file,
    };
  }
  return undefined;
}

function memory(mountPath: string, sizeLimit?: string): Mounted {
  const emptyDir = { medium: "Memory", ...(sizeLimit === undefined ? {} : { sizeLimit }) };
  return { source: { emptyDir }, mountPath };
}

/** The sandbox, the app's volumes and those of Docker's options. */
export function podVolumes(
  input: RenderInput,
  effects: ParameterEffects,
  notes: FidelityNotes,
): PodVolumes {
  const mounted: Mounted[] = [
    { source: { emptyDir: {} }, mountPath: SANDBOX },
    ...(input.app.container?.volumes ?? [])
      .map((volume) => mountedVolume(volume, input, notes))
      .filter((volume) => volume !== undefined),
    ...effects.volumes.map(({ hostPath, containerPath, readOnly }) => ({
      source: { hostPath: { path: hostPath } },
      mountPath: containerPath,
      readOnly,
    })),
    ...effects.tmpfs.map((path) => memory(path)),
    ...(effects.shmSize === undefined ? [] : [memory("/dev/shm", effects.shmSize)]),
  ];
  const nameOf = (i: number): string => (i === 0 ? "sandbox" : `volume-${i}`);
  return {
    volumes: mounted.map(({ source }, i) => ({ name: nameOf(i), ...source })),
    volumeMounts: mounted.map(({ mountPath, readOnly, subPath }, i) => ({
      name: nameOf(i),
      mountPath,
      ...(readOnly ? { readOnly } : {}),
      ...(subPath === undefined ? {} : { subPath }),
    })),
  };
}
