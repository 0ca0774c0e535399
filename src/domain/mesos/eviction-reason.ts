/** Why a pod of the pool is made to leave: the reason of the Event on it. */
export type EvictionReason =
  /** What was lent to it beyond the limit of its role is needed by others. */
  | "LoanReclaimed"
  /** A pod of its role that is of a higher priority fits nowhere. */
  | "Preempted";
