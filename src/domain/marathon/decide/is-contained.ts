type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What an API client leaves out or adds without meaning anything by it. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) {
    return true;
  }
  if (Array.isArray(value)) return value.length === 0;
  return isMembers(value) && Object.values(value).every(isEmpty);
}

/** Every value that we decided is in the live object; what only the live one has does not count. Lists are whole. */
export function isContained(desired: unknown, live: unknown): boolean {
  if (desired === live) return true;
  if (live === undefined || live === null) return isEmpty(desired);
  if (Array.isArray(desired)) {
    return (
      Array.isArray(live) &&
      live.length === desired.length &&
      desired.every((item, i) => isContained(item, live[i]))
    );
  }
  if (!isMembers(desired)) return false;
  return (
    isMembers(live) &&
    Object.entries(desired).every(([key, value]) => isContained(value, live[key]))
  );
}
