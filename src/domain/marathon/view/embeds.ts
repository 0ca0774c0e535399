/** What an answer carries beside the app itself. Counts and deployments are always in. */
export interface Embeds {
  readonly tasks: boolean;
  readonly lastTaskFailure: boolean;
}

const PREFIX = /^(?:group\.apps\.|apps\.|app\.)/;

/** Reads `embed=` values with or without prefix; unknown ones mean nothing. */
export function readEmbeds(values: readonly string[]): Embeds {
  const names = new Set(values.map((value) => value.replace(PREFIX, "")));
  return {
    tasks: names.has("tasks") || names.has("failures"),
    lastTaskFailure: names.has("lastTaskFailure") || names.has("failures"),
  };
}

export const SINGLE_APP_EMBEDS: Embeds = { tasks: true, lastTaskFailure: true };
