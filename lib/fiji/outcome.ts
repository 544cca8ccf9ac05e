/** How a script's run in Fiji can end. The exit code of Fiji proves nothing (a script that throws still exits 0). */
export type ScriptOutcome =
  | { readonly kind: 'success' }
  /** `reason` holds the script's own error with the user's line, or the parameter that is missing or mistyped. */
  | { readonly kind: 'script error'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'out of memory'; readonly reason: string }
  | { readonly kind: 'disk full'; readonly reason: string }
  /** The caller's signal stopped it. */
  | { readonly kind: 'interrupted'; readonly reason: string };
