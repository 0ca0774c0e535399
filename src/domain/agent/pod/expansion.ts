/**
 * Text that Kubernetes' `$(NAME)` expansion of env, command and args gives back as it was. `$$` would lose a dollar and
 * `$(date)` could meet a variable of that name, so every dollar is doubled where either stands.
 * @see kubernetes@1.34 third_party/forked/golang/expansion/expand.go
 */
export function escapeExpansion(text: string): string {
  return /\$[$(]/.test(text) ? text.replaceAll("$", "$$$$") : text;
}
