/** An error as the report shows it. */
export interface ReportedError {
  readonly code: string;
  readonly origin: string;
  readonly message: string;
  readonly hint: string | null;
}
