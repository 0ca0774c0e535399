import { ensureBinaries } from "../binaries/ensure-binaries.ts";
import { unitsOfGroup, type BinaryGroup } from "../binaries/units.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { createProgress } from "../host/progress.ts";
import { buildImage } from "../images/product-image.ts";
import { ensureNodeBaseImage } from "../images/base-image.ts";
import { ensureRuntimeBaseImage } from "../images/runtime-base-image.ts";
import { ensureBusyboxImage, ensurePauseImage } from "../images/test-images.ts";

const groups: readonly BinaryGroup[] = ["core", "argocd", "packaging"];

const baseImages = [
  ensurePauseImage,
  ensureBusyboxImage,
  ensureNodeBaseImage,
  ensureRuntimeBaseImage,
] as const;

/** Builds what is asked for, unless it is in the cache: `core`, `argocd`, `packaging`, `images`. */
export async function commandBuild(words: readonly string[]): Promise<void> {
  const wanted = words.length === 0 ? ["core"] : words;
  const isAll = wanted.includes("all");
  const unknown = wanted.find(
    (word) => word !== "all" && word !== "images" && !groups.some((group) => group === word),
  );
  if (unknown !== undefined) {
    throw new ClusterError(`nothing to build is called "${unknown}"`, groups.join(", "));
  }
  const progress = createProgress();
  for (const group of groups) {
    if (!isAll && !wanted.includes(group)) continue;
    const { folders } = await ensureBinaries(
      unitsOfGroup(group).map((unit) => unit.id),
      { progress },
    );
    for (const folder of folders) console.log(folder);
  }
  if (!isAll && !wanted.includes("images")) return;
  for (const ensure of baseImages) {
    console.log((await ensure({ progress })).archive);
  }
  for (const target of ["runtime", "node"] as const) {
    console.log((await buildImage({ target, progress })).archive);
  }
}
