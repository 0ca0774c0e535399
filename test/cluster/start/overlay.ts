import { mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type ProductImages, splitImage } from "./options.ts";

export interface OverlayRequest {
  /** Folder for the overlay; kept, so that a person can look at it. */
  readonly folder: string;
  /** Kustomization below `config/`. */
  readonly base: string;
  readonly images: ProductImages;
  /** The operator's Deployment is part of it: it makes pods with these images, so it must know them. */
  readonly hasOperator: boolean;
}

/** A kustomization over `base` that puts the given images in. @returns its folder. */
export function writeOverlay({ folder, base, images, hasOperator }: OverlayRequest): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    // Both resolved: kustomize follows links before it takes a path apart.
    resources: [relative(realpathSync(folder), realpathSync(base))],
    configurations: [APP_IMAGES],
    images: [
      override("localhost/orchestrator", images.runtime),
      override("localhost/orchestrator-node", images.node),
    ],
    ...(hasOperator ? { patches: [{ patch: JSON.stringify(operatorPatch(images)) }] } : {}),
  };
  writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization, undefined, 2));
  // kustomize knows the image fields of built-in kinds only.
  const appImages = {
    images: [{ path: "spec/container/docker/image", kind: "MarathonApp" }],
  };
  writeFileSync(join(folder, APP_IMAGES), JSON.stringify(appImages, undefined, 2));
  return folder;
}

const APP_IMAGES = "app-images.yaml";

function override(from: string, image: string): object {
  const { name, version } = splitImage(image);
  if (version.startsWith("@")) return { name: from, newName: name, digest: version.slice(1) };
  // kustomize keeps the old tag unless it is given one.
  return { name: from, newName: name, newTag: version === "" ? "latest" : version.slice(1) };
}

function operatorPatch(images: ProductImages): object {
  const env = [
    { name: "ORCHESTRATOR_IMAGE", value: images.runtime },
    { name: "ORCHESTRATOR_NODE_IMAGE", value: images.node },
  ];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "orchestrator-operator", namespace: "orchestrator" },
    spec: { template: { spec: { containers: [{ name: "operator", env }] } } },
  };
}
