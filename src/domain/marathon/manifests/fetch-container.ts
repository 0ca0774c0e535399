import type { FetchUri } from "../../../api/marathon/app.ts";
import { literal } from "./container-env.ts";
import type { FidelityNotes } from "./fidelity.ts";
import { SANDBOX } from "./names.ts";
import type { RenderInput } from "./render-input.ts";

const SCHEME = /^(?:(https?|file|ftp):\/\/|\/)/;
/** `$DOWNLOAD url file` with whichever tool the image has. */
const DOWNLOAD =
  'get() { if command -v curl >/dev/null; then curl -fsSL -o "$2" "$1"; else wget -q -O "$2" "$1"; fi; }';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/s, "");
  return path.split("/").at(-1) || "file";
}

function unpack(file: string): string {
  const name = quoted(file);
  if (/\.(?:tar|tgz|tbz2|txz|tar\.gz|tar\.bz2|tar\.xz)$/.test(file)) return `tar -xf ${name}`;
  if (file.endsWith(".zip")) return `unzip -oq ${name}`;
  return file.endsWith(".gz") ? `gunzip -kf ${name}` : "";
}

function commandsOf({ uri, extract, executable, destPath }: FetchUri): string[] {
  const file = destPath ?? fileName(uri);
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
  const local = uri.startsWith("/") || uri.startsWith("file://");
  const source = quoted(uri.replace(/^file:\/\//, ""));
  return [
    ...(folder === "" ? [] : [`mkdir -p ${quoted(folder)}`]),
    local ? `cp -R ${source} ${quoted(file)}` : `get ${source} ${quoted(file)}`,
    ...(executable ? [`chmod +x ${quoted(file)}`] : []),
    ...(extract && !executable ? [unpack(file)] : []),
  ].filter((command) => command !== "");
}

/** The init container that fills the sandbox before the task starts; none without artifacts. */
export function fetchContainer(input: RenderInput, notes: FidelityNotes): object | undefined {
  const { fetch } = input.app;
  const known = fetch.filter(({ uri }) => SCHEME.test(uri));
  fetch.forEach(({ uri, cache }, i) => {
    if (!SCHEME.test(uri)) notes.dropped(`fetch[${i}]`, "only http, https, ftp and file");
    else if (cache) notes.approximated(`fetch[${i}].cache`, "fetched anew for every instance");
  });
  if (known.length === 0) return undefined;
  notes.approximated("fetch", "an init container downloads with the tools of its image");
  const script = ["set -e", DOWNLOAD, ...known.flatMap(commandsOf)].join("\n");
  const resources = { requests: { cpu: "10m", memory: "32Mi" } };
  return {
    name: "fetch",
    image: input.settings.defaultImage,
    command: ["/bin/sh", "-c", literal(script)],
    workingDir: SANDBOX,
    resources,
    volumeMounts: [{ name: "sandbox", mountPath: SANDBOX }],
  };
}
