import { runCommand } from "../host/run-command.ts";
import type { NodeRecord } from "../state-file.ts";

/** Imports an image archive into the container runtimes of the nodes, all at once. */
export async function loadImage(
  archive: string,
  nodes: readonly NodeRecord[],
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    nodes.map((node) =>
      runCommand(
        "ctr",
        [`--address=${node.containerdSocket}`, "--namespace=k8s.io", "images", "import", archive],
        { signal },
      ),
    ),
  );
}
