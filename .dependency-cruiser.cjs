/** The layers of the house, checked file by file; tsc -b checks them project by project. */
const below = {
  api: [],
  domain: ["api"],
  runtime: ["api"],
  reconcilers: ["api", "domain", "runtime"],
  services: ["api", "domain", "runtime"],
  adapters: ["api", "runtime", "services", "reconcilers"],
  processes: ["api", "domain", "runtime", "reconcilers", "services", "adapters"],
};
const upward = Object.entries(below).map(([layer, allowed]) => ({
  name: `${layer}-imports-downward`,
  comment: "Imports point downward only, so that a layer can be read without the ones above it.",
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: "^src/", pathNot: `^src/(${[layer, ...allowed].join("|")})/` },
}));
const siblings = (layer) => ({
  name: `${layer}-are-siblings`,
  comment: "Siblings share through the layers below, so that each can be taken out alone.",
  severity: "error",
  from: { path: `^src/${layer}/([^/]+)/` },
  to: { path: `^src/${layer}/([^/]+)/`, pathNot: `^src/${layer}/$1/` },
});
module.exports = {
  forbidden: [
    ...upward,
    siblings("reconcilers"),
    siblings("services"),
    siblings("adapters"),
    {
      name: "adapters-take-ports-only",
      comment: "An adapter implements a port of its consumer; it never calls the consumer's code.",
      severity: "error",
      from: { path: "^src/adapters/" },
      to: { path: "^src/(services|reconcilers)/", pathNot: "ports?\\.ts$" },
    },
    {
      name: "libraries-in-adapters",
      comment:
        "Client libraries stay behind ports, so that decisions and engines can be tested without them.",
      severity: "error",
      from: { path: "^src/(api|domain|runtime|reconcilers|services)/" },
      to: { dependencyTypes: ["npm"], pathNot: "node_modules/zod/" },
    },
    {
      name: "client-node-behind-one-file",
      comment:
        "Importing it costs 130 MB; it is loaded lazily, for kubeconfig and its credentials only.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/adapters/kubernetes/" },
      to: { path: "@kubernetes/client-node" },
    },
    {
      name: "no-cycles",
      comment: "A cycle has no bottom to start reading from.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "no-tests-in-source",
      comment: "What ships does not know its tests.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/processes/cli/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|coverage)/" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node"] },
  },
};
