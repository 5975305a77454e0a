/** A reason for the demo to end with an exit code; the message is for a person. */
export class DemoEnd extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Writes one line for a person. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}
