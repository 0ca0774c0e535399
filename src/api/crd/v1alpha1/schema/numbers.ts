import { z } from "zod";

const INT32_MAX = 2_147_483_647;

/** Integer of 32 bits within [min, max]. */
export const int = (min = 0, max: number = INT32_MAX): z.ZodInt => z.int().min(min).max(max);
/** Integer up to 2^53, e.g. byte counts. */
export const long = (min = 0): z.ZodInt => z.int().min(min).max(Number.MAX_SAFE_INTEGER);
export const port = (): z.ZodInt => int(1, 65_535);
export const seconds = (min = 0, max: number = INT32_MAX): z.ZodInt => int(min, max);

/** Whole number or percentage, e.g. `1` or `10%`. */
export const intOrPercent = (): z.ZodUnion<readonly [z.ZodInt, z.ZodString]> =>
  z
    .union([
      int(0),
      z
        .string()
        .max(16)
        .regex(/^[0-9]{1,9}%?$/),
    ])
    .meta({ "x-kubernetes-int-or-string": true });

const DECIMAL = /^[0-9]{1,12}(\.[0-9]{1,3})?$/;
/** Non-negative decimal with at most three places, as text so that no precision is lost. */
export const decimal = (): z.ZodString => z.string().min(1).max(16).regex(DECIMAL);

const QUANTITY = /^[0-9]{1,15}(\.[0-9]{1,9})?([KMGTPE]i|[numkMGTPE]|)$/;
/** Kubernetes quantity as text, e.g. `250m`, `64Mi`. */
export const quantity = (): z.ZodString => z.string().min(1).max(32).regex(QUANTITY);
/** Kubernetes quantity; a bare integer is accepted as Kubernetes does. */
export const looseQuantity = (): z.ZodUnion<readonly [z.ZodInt, z.ZodString]> =>
  z.union([int(0), quantity()]).meta({ "x-kubernetes-int-or-string": true });
