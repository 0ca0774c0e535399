/** `vectors/allocator.json`, as allocator.md section 1 describes it. */
export interface VectorFile {
  readonly format: 1;
  readonly vectors: readonly Vector[];
}

export type Vector = AllocatorVector | SorterVector | RandomSorterVector;

export interface AllocatorVector {
  readonly name: string;
  readonly kind: "allocator";
  readonly given: Given;
  readonly steps: readonly Step[];
  readonly want: readonly Want[];
}

export interface Given {
  readonly options?: {
    readonly allocationInterval?: number;
    readonly minAllocatable?: readonly string[];
    readonly fairSharingExcluded?: readonly string[];
    readonly filterGpuResources?: boolean;
    readonly masterRegion?: string;
    readonly whitelist?: readonly string[];
    readonly recover?: { readonly expectedAgents: number; readonly factor: number };
  };
  readonly agents?: Readonly<Record<string, AgentGiven>>;
  readonly roles?: Readonly<Record<string, RoleGiven>>;
  readonly frameworks?: Readonly<Record<string, FrameworkGiven>>;
}

export type AttributeValue = string | number | readonly (string | number)[];

export interface AgentGiven {
  readonly resources: string;
  readonly hostname?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly region?: string;
  readonly zone?: string;
  readonly capabilities?: readonly string[];
}

export interface RoleGiven {
  readonly weight?: number;
  readonly guarantees?: string;
  readonly limits?: string;
}

export interface ConstraintGiven {
  readonly attribute: string;
  readonly is:
    | "exists"
    | "not_exists"
    | "text_equals"
    | "text_not_equals"
    | "text_matches"
    | "text_not_matches";
  readonly value?: string;
}

export interface FrameworkGiven {
  readonly roles: readonly string[];
  readonly suppressed?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly minAllocatable?: Readonly<Record<string, readonly string[]>>;
  readonly constraints?: Readonly<Record<string, readonly (readonly ConstraintGiven[])[]>>;
}

/** All fields any step may have; `do` says which count. */
export interface Step {
  readonly do: string;
  readonly agent?: string;
  readonly framework?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly resources?: string;
  readonly used?: readonly { framework: string; role: string; resources: string }[];
  readonly maintenance?: unknown;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly capabilities?: readonly string[];
  readonly suppressed?: readonly string[];
  readonly minAllocatable?: Readonly<Record<string, readonly string[]>>;
  readonly constraints?: FrameworkGiven["constraints"];
  readonly hostnames?: readonly string[];
  readonly guarantees?: string;
  readonly limits?: string;
  readonly weight?: number;
  readonly refuseSeconds?: number;
  readonly from?: string;
  readonly to?: string;
  readonly answer?: "ACCEPT" | "DECLINE" | "UNKNOWN";
  readonly seconds?: number;
}

export interface OfferWant {
  readonly framework: string;
  readonly role: string;
  readonly agent?: string;
  readonly resources: string;
}

export interface Want {
  readonly after: number;
  readonly offers?: readonly OfferWant[];
  readonly anyAgent?: boolean;
  readonly anyOf?: readonly (readonly OfferWant[])[];
  readonly runs?: number;
  readonly roleShares?: Readonly<Record<string, number>>;
  readonly nodeShares?: Readonly<Record<string, number>>;
  readonly frameworkShares?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly filters?: Readonly<Record<string, number>>;
  readonly consumed?: Readonly<Record<string, string>>;
  readonly inverseOffers?: readonly { readonly framework: string; readonly agent: string }[];
  readonly error?: boolean;
}

export interface SorterVector {
  readonly name: string;
  readonly kind: "sorter";
  readonly given: { readonly totals: string; readonly weights?: Readonly<Record<string, number>> };
  readonly steps: readonly SorterStep[];
  readonly want: readonly SorterWant[];
}

export interface SorterStep {
  readonly do: string;
  readonly client?: string;
  readonly resources?: string;
  readonly from?: string;
  readonly to?: string;
  readonly path?: string;
  readonly weight?: number;
  readonly totals?: string;
}

export interface SorterWant {
  readonly after: number;
  readonly order?: readonly string[];
  readonly count?: number;
  readonly shares?: Readonly<Record<string, number>>;
}

export interface RandomSorterVector {
  readonly name: string;
  readonly kind: "randomSorter";
  readonly given: {
    readonly clients: readonly string[];
    readonly weights: Readonly<Record<string, number>>;
  };
  readonly steps: readonly { readonly do: "sort"; readonly times: number }[];
  readonly want: readonly {
    readonly after: number;
    readonly first: Readonly<Record<string, number>>;
    readonly last: Readonly<Record<string, number>>;
    readonly tolerance: number;
  }[];
}
