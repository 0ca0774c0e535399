import { readFile } from "node:fs/promises";
import type { TextSource } from "../../runtime/followed-text.ts";

/** A file of this machine. */
export function fileText(path: string): TextSource {
  return {
    name: path,
    read: async (signal) => {
      try {
        return await readFile(path, { encoding: "utf8", signal });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
