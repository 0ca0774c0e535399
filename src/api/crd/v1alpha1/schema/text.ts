import { z } from "zod";

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Mesos: segments joined by `/`; none is `.` or `..`, starts with `-` or holds white space. */
const ROLE_SEGMENT =
  "([^\\x00-\\x20\\x7f/.\\-][^\\x00-\\x20\\x7f/]*|\\.[^\\x00-\\x20\\x7f/.][^\\x00-\\x20\\x7f/]*|\\.\\.[^\\x00-\\x20\\x7f/]+)";
const ROLE = new RegExp(`^${ROLE_SEGMENT}(/${ROLE_SEGMENT})*$`);
const CRON = /^[^ ]+( [^ ]+){4}$/;
const RFC3339 =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/;

/** Text of at most `max` characters. Every string of a CRD has a bound, since CEL costs grow with it. */
export const text = (max = 253): z.ZodString => z.string().max(max);
/** Text that is not empty. */
export const filled = (max = 253): z.ZodString => z.string().min(1).max(max);
export const dnsLabel = (): z.ZodString => z.string().min(1).max(63).regex(DNS_LABEL);
/** Name of a Kubernetes object. */
export const objectName = (): z.ZodString => z.string().min(1).max(253).regex(DNS_SUBDOMAIN);
export const roleName = (): z.ZodString => z.string().min(1).max(255).regex(ROLE);
/** Five cron fields; what they mean is checked by the reconciler. */
export const cron = (): z.ZodString => z.string().min(9).max(100).regex(CRON);
export const timeZone = (): z.ZodString =>
  z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_+/-]+$/);

function isDayOfItsMonth(time: string): boolean {
  const [year = 0, month = 0, day = 0] = time.slice(0, 10).split("-").map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** RFC 3339 time. The API server refuses days that their month does not have; so does this. */
export function dateTime(): z.ZodString {
  return z
    .string()
    .max(40)
    .regex(RFC3339)
    .refine(isDayOfItsMonth, { message: "no such day" })
    .meta({ format: "date-time" });
}

/** One of `values`; the first is the default. */
export function choice<const V extends string>(
  first: V,
  ...others: readonly V[]
): z.ZodDefault<z.ZodEnum<{ [K in V]: K }>> {
  return z.enum([first, ...others]).default(first as never);
}
