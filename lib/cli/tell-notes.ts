/** What a user should know and may ignore, beside what a command prints as its result. */
export function tellNotes(notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
}
