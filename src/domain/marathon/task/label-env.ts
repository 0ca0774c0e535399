const KEY_MAX = 493;
const VALUE_MAX = 512;

/**
 * The app's labels as MARATHON_APP_LABEL_<NAME>, and their names in MARATHON_APP_LABELS. Runs of other characters than
 * `A-Za-z0-9_` become one underscore; keys of 493 and values of 512 characters or more are skipped.
 */
export function labelEnv(labels: Readonly<Record<string, string>>): Record<string, string> {
  const variables = Object.entries(labels)
    .filter(([key, value]) => key.length < KEY_MAX && value.length < VALUE_MAX)
    .map(([key, value]) => [key.replace(/[^A-Za-z0-9_]+/g, "_").toUpperCase(), value] as const);
  return {
    ...Object.fromEntries(variables.map(([name, value]) => [`MARATHON_APP_LABEL_${name}`, value])),
    MARATHON_APP_LABELS: [...new Set(variables.map(([name]) => name))].join(" "),
  };
}
