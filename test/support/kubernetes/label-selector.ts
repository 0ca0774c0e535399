/** Whether labels match a selector in the API's text form: `a=b,c!=d,e in (f,g),h,!i`. */
export function matchesLabels(
  selector: string | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  if (selector === undefined || selector === "") return true;
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .every((term) => matchesTerm(term, labels));
}

function matchesTerm(term: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const values = set[3]!.split(",").map((value) => value.trim());
    const value = labels[set[1]!];
    return set[2] === "in"
      ? value !== undefined && values.includes(value)
      : value === undefined || !values.includes(value);
  }
  const compared = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
  if (compared !== null) {
    const isEqual = labels[compared[1]!.trim()] === compared[3]!.trim();
    return compared[2] === "!=" ? !isEqual : isEqual;
  }
  return term.startsWith("!") ? !(term.slice(1) in labels) : term in labels;
}
