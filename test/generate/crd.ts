import type { KindDefinition } from "../../src/api/crd/v1alpha1/kinds.ts";
import { CRD_SCHEMA_VERSION, SCHEMA_VERSION_ANNOTATION } from "../../src/api/crd/v1alpha1/kinds.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { toStructuralSchema } from "./structural-schema.ts";

/** Structural schema of a whole object of the kind. */
export function objectSchema(definition: KindDefinition): StructuralSchema {
  return {
    description: definition.description,
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: toStructuralSchema(definition.spec, "spec"),
      status: toStructuralSchema(definition.status, "status"),
    },
    ...(definition.rules === undefined ? {} : { "x-kubernetes-validations": definition.rules }),
  };
}

const SCALE = {
  specReplicasPath: ".spec.instances",
  statusReplicasPath: ".status.instances",
  labelSelectorPath: ".status.selector",
};

/** The CustomResourceDefinition of a kind, as the API server takes it. */
export function buildCrd(definition: KindDefinition): object {
  const { kind } = definition;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      annotations: { [SCHEMA_VERSION_ANNOTATION]: String(CRD_SCHEMA_VERSION) },
      labels: {
        "app.kubernetes.io/managed-by": "orchestrator",
        "app.kubernetes.io/part-of": "orchestrator",
      },
    },
    spec: {
      group: kind.group,
      scope: "Namespaced",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: definition.singular,
        shortNames: definition.shortNames,
        categories: ["orchestrator"],
      },
      conversion: { strategy: "None" },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: definition.columns,
          ...(definition.selectableFields === undefined
            ? {}
            : { selectableFields: definition.selectableFields.map((jsonPath) => ({ jsonPath })) }),
          subresources: { status: {}, ...(definition.scale === true ? { scale: SCALE } : {}) },
          schema: { openAPIV3Schema: objectSchema(definition) },
        },
      ],
    },
  };
}
