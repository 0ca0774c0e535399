/** One level of a reservation stack; the last level of a stack is the owner. */
export interface Reservation {
  readonly role: string;
  readonly type: "STATIC" | "DYNAMIC";
  readonly principal?: string;
  readonly labels?: readonly { readonly key: string; readonly value?: string }[];
}

/** What makes a disk more than a quantity of bytes. */
export interface Disk {
  readonly persistence?: { readonly id: string; readonly principal?: string };
  readonly volume?: { readonly containerPath: string; readonly mode: "RW" | "RO" };
  readonly source?: {
    readonly type: "PATH" | "MOUNT" | "BLOCK" | "RAW";
    readonly root?: string;
    readonly id?: string;
    readonly profile?: string;
    readonly vendor?: string;
  };
}

interface ResourceCommon {
  readonly name: string;
  /** Empty = unreserved. */
  readonly reservations: readonly Reservation[];
  readonly disk?: Disk;
  readonly shared?: true;
  readonly revocable?: true;
  readonly providerId?: string;
}

export interface ScalarResource extends ResourceCommon {
  readonly kind: "scalar";
  /** Thousandths of the unit (cpus: milli-cpus; mem and disk: milli-MiB). Integer ≥ 0, exact below 2^53. */
  readonly milli: number;
}

export interface RangesResource extends ResourceCommon {
  readonly kind: "ranges";
  /** Inclusive [begin, end], sorted, disjoint, never adjacent. */
  readonly ranges: readonly (readonly [begin: number, end: number])[];
}

export interface SetResource extends ResourceCommon {
  readonly kind: "set";
  /** Sorted, distinct. */
  readonly items: readonly string[];
}

/** An amount of one thing with all that tells it apart from other amounts of the same name. */
export type MesosResource = ScalarResource | RangesResource | SetResource;

/** A bag: equal kinds are merged, empty ones left out; the order means nothing. */
export type Resources = readonly MesosResource[];
